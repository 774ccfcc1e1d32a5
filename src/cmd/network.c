/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/network.h"

#include "base/text.h"
#include "cmd/split.h"

/* What we give to it ourselves: its own words about a second one would be of an option that nobody has given. */
static const char *const taken[] = { "-f", "--foreground", "-P", "--pid", "--netns", "--userns", "--netns-only",
				     "--no-netns-quit", "--runas", "-F", "--fd" };

/* Whether a word is that option, with or without its value. */
static bool is_option(const char *word, const char *option)
{
	const char *rest = nsm_after(word, option);

	return rest && (option[1] != '-' || *rest == '\0' || *rest == '=');
}

bool network_has_option(const struct network *network, const char *letter, const char *name)
{
	for (char **word = network->words; word && *word; word++)
		if (is_option(*word, letter) || is_option(*word, name))
			return true;
	return false;
}

static int choose_pasta(struct recipe_full *full, const char *options)
{
	struct network *network = &full->network;

	network->kind = NETWORK_PASTA;
	if (options)
		network->words = split_words(options);
	if (options && !network->words && errno != ENODATA)
		return errno == ENOMEM ? say_plain(full->app, "out of memory")
				       : say_usage(full->app, "--network: '%s': a quote or a backslash is without its end", options);
	for (char **word = network->words; word && *word; word++)
		if (nsm_streq(*word, "--"))
			return say_usage(full->app, "--network: '--': what follows would be a command for pasta");
	for (size_t i = 0; i < NSM_ARRAY_SIZE(taken); i++)
		for (char **word = network->words; word && *word; word++)
			if (is_option(*word, taken[i]))
				return say_usage(full->app, "--network: '%s': nsmgr chooses %s of pasta itself", *word, taken[i]);
	nsmgr_config_make(full->config, NSMGR_NET);
	/* It has to be ended with the command. */
	full->recipe->stays = true;
	return STATUS_DONE;
}

int network_option(struct recipe_full *full, const char *value)
{
	struct network *network = &full->network;
	const char *rest = nsm_after(value, "pasta");

	if (network->kind != NETWORK_UNCHOSEN)
		return say_usage(full->app, "--network goes once");
	if (rest && (*rest == '\0' || *rest == ':'))
		return choose_pasta(full, *rest ? rest + 1 : NULL);
	if (nsm_streq(value, "none")) {
		network->kind = NETWORK_NONE;
		nsmgr_config_make(full->config, NSMGR_NET);
	} else if (nsm_streq(value, "host")) {
		network->kind = NETWORK_HOST;
	} else {
		return say_usage(full->app, "--network: '%s' is not none, host or pasta[:OPTIONS]", value);
	}
	return STATUS_DONE;
}

/* That of the host is not to be had beside another; what all options ask for together is known only now. */
int network_check(struct recipe_full *full)
{
	if (full->network.kind != NETWORK_HOST)
		return STATUS_DONE;
	if (nsmgr_config_check(full->config) < 0)
		return say_refusal(full->app, NULL);
	if (nsmgr_config_types(full->config) & NSMGR_MASK(NSMGR_NET))
		return say_usage(full->app, "--network=host: other options ask for a network namespace");
	return STATUS_DONE;
}

bool network_is_pasta(const struct recipe_full *full)
{
	return full->network.kind == NETWORK_PASTA;
}

void network_free(struct network *network)
{
	pasta_end(network);
	split_free(network->words);
}
