/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/parse.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool nsm_is_digits(const char *text)
{
	if (!*text)
		return false;
	while (is_digit(*text))
		text++;
	return !*text;
}

int nsm_parse_u64_prefix(const char **text, uint64_t *ret)
{
	const char *p = *text;
	uint64_t value = 0;

	if (!is_digit(*p))
		return -EINVAL;
	for (; is_digit(*p); p++) {
		if (__builtin_mul_overflow(value, 10u, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return -ERANGE;
	}
	*text = p;
	*ret = value;
	return 0;
}

int nsm_parse_size_prefix(const char **text, uint64_t *ret)
{
	static const char units[] = "kmgt";
	const char *p = *text, *unit;
	uint64_t value;
	int r = nsm_parse_u64_prefix(&p, &value);

	if (r < 0)
		return r;
	unit = *p ? strchr(units, *p | ('a' - 'A')) : NULL;
	if (unit && __builtin_mul_overflow(value, (uint64_t)1 << 10 * (unit - units + 1), &value))
		return -ERANGE;
	*text = unit ? p + 1 : p;
	*ret = value;
	return 0;
}

int nsm_parse_u64(const char *text, uint64_t *ret)
{
	uint64_t value;
	int r = nsm_parse_u64_prefix(&text, &value);

	if (r < 0)
		return r;
	if (*text)
		return -EINVAL;
	*ret = value;
	return 0;
}

int nsm_parse_u32(const char *text, uint32_t *ret)
{
	uint64_t value;
	int r = nsm_parse_u64(text, &value);

	if (r < 0)
		return r;
	if (value > UINT32_MAX)
		return -ERANGE;
	*ret = (uint32_t)value;
	return 0;
}

int nsm_parse_id(const char *text, uint32_t *ret)
{
	uint32_t value;
	int r = nsm_parse_u32(text, &value);

	if (r < 0)
		return r;
	if (value == UINT32_MAX)
		return -ERANGE;
	*ret = value;
	return 0;
}

/* The digits behind a decimal point, as nanoseconds. */
static int parse_fraction(const char *text, long *ret)
{
	long nsec = 0;
	int digits = 0;

	for (; is_digit(*text); text++) {
		if (++digits > 9)
			return -ERANGE;
		nsec = nsec * 10 + (*text - '0');
	}
	if (!digits || *text)
		return -EINVAL;
	for (; digits < 9; digits++)
		nsec *= 10;
	*ret = nsec;
	return 0;
}

int nsm_parse_duration(const char *text, struct timespec *ret)
{
	uint64_t sec;
	long nsec = 0;
	int r = nsm_parse_u64_prefix(&text, &sec);

	if (r < 0)
		return r;
	if (*text == '.')
		r = parse_fraction(text + 1, &nsec);
	else if (*text)
		r = -EINVAL;
	if (r < 0)
		return r;
	/* Leaves room for the negation of an offset and for a deadline added to a clock. */
	if (sec > INT64_MAX / 4 || sec > (uint64_t)((time_t)1 << (sizeof(time_t) * 8 - 3)))
		return -ERANGE;
	*ret = (struct timespec){ .tv_sec = (time_t)sec, .tv_nsec = nsec };
	return 0;
}

int nsm_parse_offset(const char *text, struct timespec *ret)
{
	bool negative = *text == '-';
	struct timespec ts;
	int r;

	if (*text == '-' || *text == '+')
		text++;
	r = nsm_parse_duration(text, &ts);
	if (r < 0)
		return r;
	if (negative) {
		ts.tv_sec = -ts.tv_sec;
		if (ts.tv_nsec) {
			ts.tv_sec--;
			ts.tv_nsec = 1000000000L - ts.tv_nsec;
		}
	}
	*ret = ts;
	return 0;
}
