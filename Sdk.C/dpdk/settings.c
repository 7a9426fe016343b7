// SPDX-License-Identifier: MIT
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings.h"

enum { LEAST_MS = 100, MOST_MS = 60000 };

struct settings settings;

/* 100ms .. 60s. */
static int read_time(const char *name, const char *value, uint32_t *ms, char *error, size_t size)
{
	char *unit;
	double number = strtod(value, &unit), scale = !strcmp(unit, "s") ? 1000 : !strcmp(unit, "ms") ? 1 : 0;

	if (unit == value || !(number * scale >= LEAST_MS && number * scale <= MOST_MS)) {
		snprintf(error, size, "%s is '%s'; it must be a time, 100ms .. 60s.", name, value);
		return -1;
	}
	*ms = (uint32_t)(number * scale);
	return 0;
}

/* As 0,2-3. */
static int read_ports(const char *value, struct settings *read, char *error, size_t size)
{
	const char *at = value;

	read->some_ports = 1;
	while (isdigit((unsigned char)*at)) {
		char *end;
		unsigned long first = strtoul(at, &end, 10), last = first;

		if (*end == '-' && isdigit((unsigned char)end[1]))
			last = strtoul(end + 1, &end, 10);
		if (last < first || last >= RTE_MAX_ETHPORTS || (*end && *end != ','))
			break;
		memset(&read->port[first], 1, last - first + 1);
		if (!*end)
			return 0;
		at = end + 1;
	}
	snprintf(error, size, "ports is '%s'; it must be numbers of ports 0 .. %d, as 0,2-3.", value, RTE_MAX_ETHPORTS - 1);
	return -1;
}

static int read_word(const char *word, struct settings *read, unsigned int *had, char *error, size_t size)
{
	static const char *const own[] = { "warm-up", "idle", "ports", "queues", "cpu" };
	const char *value = strchr(word, '=');
	size_t length = strlen(read->library);
	unsigned int i;

	for (i = 0; value && i < RTE_DIM(own); i++) {
		if (strlen(own[i]) != (size_t)(value - word) || strncmp(word, own[i], (size_t)(value - word)))
			continue;
		if (i > 2) {
			snprintf(error, size, "%s= is found out by the plugin, for each lcore anew: leave it out.", own[i]);
			return -1;
		}
		if (*had & (1u << i)) {
			snprintf(error, size, "'%s' is given twice.", own[i]);
			return -1;
		}
		*had |= 1u << i;
		return i == 2 ? read_ports(value + 1, read, error, size) : read_time(own[i], value + 1, i ? &read->idle_ms : &read->warm_up_ms, error, size);
	}
	if ((size_t)snprintf(read->library + length, sizeof(read->library) - length, "%s%s", length ? " " : "", word) >= sizeof(read->library) - length) {
		snprintf(error, size, "it has more than %zu characters.", sizeof(read->library) - 1);
		return -1;
	}
	return 0;
}

int settings_read(const char *text, struct settings *read, char *error, size_t size)
{
	static const char blanks[] = " \t\r\n";
	char words[4096], *word, *rest = NULL;
	unsigned int had = 0;

	memset(read, 0, sizeof(*read));
	read->warm_up_ms = 200;
	read->idle_ms = 500;
	if ((size_t)snprintf(words, sizeof(words), "%s", text ? text : "") >= sizeof(words)) {
		snprintf(error, size, "it has more than %zu characters.", sizeof(words) - 1);
		return -1;
	}
	for (word = strtok_r(words, blanks, &rest); word; word = strtok_r(NULL, blanks, &rest))
		if (read_word(word, read, &had, error, size))
			return -1;
	return 0;
}
