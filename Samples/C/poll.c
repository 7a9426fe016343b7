// SPDX-License-Identifier: MIT
// The least poll loop in C that is scaled: packets come from a clock, 100 ms of silence and 100 ms of traffic in turn. docs/c.md says how it is built.
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <pollscale.h>

enum { RING = 4096, BURST = 32 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* What a NIC does: 300,000 packets a second in every other 100 ms wait until somebody takes them. */
static int rx_burst(double time, int *came, int *waiting)
{
	int half = (int)(time / 0.1), received;
	int due = (int)(300e3 * (half / 2 * 0.1 + (half % 2 ? time - half * 0.1 : 0)));

	*waiting += due - *came;
	*waiting = *waiting < RING ? *waiting : RING;
	*came = due;
	received = *waiting < BURST ? *waiting : BURST;
	*waiting -= received;
	return received;
}

/* What an application does with them: a microsecond each. */
static void forward(int packets)
{
	double end = now() + packets * 1e-6;

	while (now() < end)
		;
}

int main(int count, char **arguments)
{
	char settings[512], shadow[512];
	pollscale_lcore lcore;
	struct pollscale_stats stats;
	int came = 0, waiting = 0;
	double start = now(), time;

	snprintf(settings, sizeof(settings), "pinning=pin ring-size=%d burst-size=%d %s", RING, BURST, count > 1 ? arguments[1] : "");
	if (pollscale_create(settings, &lcore))
		errx(1, "%s", pollscale_error());
	while ((time = now() - start) < 1) {
		int received = rx_burst(time, &came, &waiting);

		pollscale_observe(&lcore, received, waiting);
		forward(received);
	}
	pollscale_stats(&lcore, &stats, sizeof(stats));
	printf("%ju packets in %ju polls, %ju decisions, %ju changes of frequency asked for\n",
	       (uintmax_t)stats.received, (uintmax_t)stats.polls, (uintmax_t)stats.decisions, (uintmax_t)stats.calls);
	if (pollscale_text(&lcore, POLLSCALE_TEXT_SHADOW, shadow, sizeof(shadow)) > 0)
		printf("%s\n", shadow);
	return pollscale_close(&lcore) ? 1 : 0;
}
