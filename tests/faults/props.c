/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "props.h"

#include "place.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool put(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "we");
	bool good = file && fputs(text, file) >= 0;

	if (file)
		good = fclose(file) == 0 && good;
	return good && chmod(path, mode) == 0;
}

bool prop_hooks(void)
{
	return put(HOOK_OUTSIDE, "#!/bin/sh\nexec nsenter --uts=\"$NSMGR_DIR/uts\" hostname outside\n", 0755) &&
	       put(HOOK_INSIDE, "#!/bin/sh\nexec hostname \"$(hostname)-inside\"\n", 0755);
}

bool prop_profiles(void)
{
	return (mkdir(PROFILES, 0755) == 0 || errno == EEXIST) && put(PROFILES "/p.conf", "uts\nhostname=in\n", 0644) &&
	       put(PROFILES "/q.conf", "pid\nlabel=k=v\n", 0644);
}

bool prop_changed_profiles(void)
{
	return put(PROFILES "/p.conf", "uts\nipc\nhostname=in\n", 0644) && put(PROFILES "/r.conf", "uts\n", 0644) &&
	       unlink(PROFILES "/q.conf") == 0;
}

bool prop_profile(void)
{
	return put(PROFILE, "uts\nnet\nhostname=in\nlabel=k=v\nexec-limit=nofile=64\nexec-env=TELL=default\n", 0644);
}

bool prop_image(void)
{
	return symlink(place_image(), IMAGE) == 0;
}

/* All at once at its end, so that one who is killed before has left nothing. Nothing in it is another process; what does not work
 * is to be told by the runner, not by the shell. */
bool prop_witness(void)
{
	return put(WITNESS,
		   "all=ran; nl='\n'; s=" STORE "/a\n"
		   "while read -r line; do\n"
		   "	case $line in Uid:*|Gid:*|Groups:*|SigBlk:*|SigIgn:*|Cap*|NoNewPrivs:*|Seccomp:*) all=$all$nl$line ;; esac\n"
		   "done </proc/self/status\n"
		   "while read -r line; do\n"
		   "	case $line in 0::*) all=\"$all${nl}cgroup ${line#0::}\" ;; esac\n"
		   "done </proc/self/cgroup\n"
		   "for t in cgroup ipc mnt net pid user uts; do\n"
		   "	[ ! /proc/self/ns/$t -ef $s/$t ] || all=\"$all${nl}in $t\"\n"
		   "	[ ! /proc/self/ns/$t -ef /proc/1/ns/$t ] || all=\"$all${nl}in first $t\"\n"
		   "done\n"
		   "all=\"$all${nl}files $(ulimit -n), umask $(umask), tells ${TELL-nothing} in ${TELL+$PWD}\"\n"
		   "[ ! -r /etc/passwd ] || all=\"$all${nl}reads /etc\"\n"
		   "exec 9>>" TESTIMONY " && echo \"$all\" >&9\n",
		   0644) && prop_profile();
}
