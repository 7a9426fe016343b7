// SPDX-License-Identifier: MIT
// What is done at recorded polls, for a tool that counts instructions: `observe` counts them, as pollscale_observe() does, and `l3fwd` follows the rule of
// DPDK's l3fwd-power (legacy mode, one queue, no interrupts) without its waits. Both as in Sdk.Simulation/Incumbents and guestprobe bench-polls.
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pollscale.h"

struct poll {
	uint32_t ns;
	int32_t received;
	int32_t backlog;
};

enum { GEAR1 = 32, GEAR2 = 64, GEAR3 = 96, TREND1 = 1, TREND2 = 100, TREND = 10000, EMPTY = 10, SUSPEND = 300, PACKETS = 32, SLOWEST = 5 };

static const uint64_t period = 100000000; /* ns of the timer */
static volatile uint64_t clock_now; /* which a decision would read */
static uint64_t calls;
static int p_state;

/* Not inlined, as a function of a library is not. */
__attribute__((noinline)) int pollscale_turn(const pollscale_lcore *lcore, int received, int backlog)
{
	(void)received;
	(void)backlog;
	lcore->counters->credit = INT64_MAX;
	return 0;
}

static void observe(const struct poll *polls, size_t count, int rounds)
{
	struct pollscale_counters counters = { .credit = INT64_MAX, .empty_cost = (INT64_C(40) << 28) - 1, .packet_ticks = 100, .burst_size = 32, .escalate_at = INT32_MAX };
	pollscale_lcore lcore = { .counters = &counters };
	uint64_t now = 0;

	for (int round = 0; round < rounds; round++) {
		for (size_t i = 0; i < count; i++) {
			now += polls[i].ns;
			clock_now = now;
			pollscale_observe(&lcore, polls[i].received, polls[i].backlog);
		}
	}
	printf("%ju %ju\n", (uintmax_t)counters.received, (uintmax_t)now);
}

__attribute__((noinline)) static void freq_max(void)
{
	calls += p_state != 0;
	p_state = 0;
}

__attribute__((noinline)) static void freq_up(void)
{
	calls++;
	p_state -= p_state > 0;
}

__attribute__((noinline)) static void freq_down(void)
{
	calls++;
	p_state += p_state < SLOWEST;
}

enum hint { NONE, UP, MAX };

static void l3fwd(const struct poll *polls, size_t count, int rounds)
{
	uint64_t now = 0, served = 0, received = 0, passes = 0, slept = 0;
	uint32_t trend = 0, empty = 0;
	enum hint hint = NONE;

	for (int round = 0; round < rounds; round++) {
		for (size_t i = 0; i < count; i++) {
			uint32_t idle = 0;

			now += polls[i].ns;
			passes++;
			if (now - served > period) {
				served = now;
				if ((float)slept / period >= 0.25f || received / passes < PACKETS)
					freq_down();
				received = passes = slept = 0;
			}
			received += (uint32_t)polls[i].received;
			if (polls[i].received) {
				uint32_t backlog = (uint32_t)polls[i].backlog;

				empty = 0;
				hint = NONE;
				if (backlog > GEAR3) {
					trend = 0;
					hint = MAX;
				} else {
					trend += backlog > GEAR2 ? TREND2 : backlog > GEAR1 ? TREND1 : 0;
					if (trend > TREND) {
						trend = 0;
						hint = UP;
					}
				}
			} else if (++empty > EMPTY) {
				idle = empty < SUSPEND ? 1 : SUSPEND;
			}
			if (idle)
				slept += idle * UINT64_C(1000);
			else if (hint == MAX)
				freq_max();
			else if (hint == UP)
				freq_up();
		}
	}
	printf("%ju %d\n", (uintmax_t)calls, p_state);
}

int main(int arguments, char **argument)
{
	FILE *file;
	long bytes;
	struct poll *polls;
	int rounds;

	if (arguments != 4)
		errx(1, "usage: polls observe|l3fwd FILE ROUNDS");
	file = fopen(argument[2], "rb");
	if (!file || fseek(file, 0, SEEK_END) || (bytes = ftell(file)) <= 0 || fseek(file, 0, SEEK_SET))
		err(1, "%s", argument[2]);
	polls = malloc((size_t)bytes);
	if (!polls || fread(polls, 1, (size_t)bytes, file) != (size_t)bytes)
		err(1, "%s", argument[2]);
	rounds = atoi(argument[3]);
	if (!strcmp(argument[1], "observe"))
		observe(polls, (size_t)bytes / sizeof(*polls), rounds);
	else
		l3fwd(polls, (size_t)bytes / sizeof(*polls), rounds);
	return 0;
}
