// SPDX-License-Identifier: MIT
// What programs that test libpollscale share: one lcore, and lines that say what a call returned.
#ifndef LCORE_USER_H
#define LCORE_USER_H

#include <sched.h>
#include <stdio.h>

#include "pollscale.h"

static const char *settings = "transport=loopback";
static pollscale_lcore lcore;

static void told(const char *what, int status)
{
	printf("%s %d %s\n", what, status, pollscale_error());
	fflush(stdout);
}

static void pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void create(void)
{
	pin();
	told("create", pollscale_create(settings, &lcore));
}

#endif
