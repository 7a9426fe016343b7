// SPDX-License-Identifier: MIT
// What any thread may do with libpollscale: lcore_threads CASE SETTINGS. Prints what it saw, a line a fact.
#define _GNU_SOURCE
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "lcore_user.h"

/* Settings are judged before any lcore is there. */
static void checks(void)
{
	told("wrong", pollscale_check("ring-size=31"));
	told("wrong", pollscale_check("ring-size=64 burst-size=65"));
	told("wrong", pollscale_check("governor=none"));
	told("right", pollscale_check(NULL)); /* whoever changes frequencies is not looked for, and no thread has to be pinned */
	told("none", pollscale_turn(&lcore, 0, 0));
	create();
	told("own", pollscale_turn(&lcore, 0, 0));
}

static volatile int made, go;

static void *rests(void *unused)
{
	(void)unused;
	create();
	made = 1;
	while (!go)
		usleep(1000);
	told("observe", pollscale_observe(&lcore, 0, 0));
	told("again", pollscale_create(settings, &lcore));
	told("own", pollscale_observe(&lcore, 0, 0));
	return NULL;
}

/* The lcore of a thread that rests, and of one that is gone. */
static void retires(void)
{
	pollscale_lcore kept;
	pthread_t thread;

	pthread_create(&thread, NULL, rests, NULL);
	while (!made)
		usleep(1000);
	kept = lcore;
	told("retire", pollscale_retire(&lcore));
	told("twice", pollscale_retire(&lcore));
	told("NULL", pollscale_retire(NULL));
	printf("left %d\n", lcore.id == kept.id);
	go = 1;
	pthread_join(thread, NULL);
	told("gone", pollscale_retire(&lcore));
}

static void governor(void)
{
	const char *root = strstr(settings, "root=") + strlen("root=");
	char path[4096], name[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/sys/devices/system/cpu/cpufreq/policy0/scaling_governor", root);
	file = fopen(path, "r");
	if (file && fscanf(file, "%63s", name) == 1)
		printf("governor %s\n", name);
	fflush(stdout);
}

/* The lcore of a thread that rests holds a CPU's governor. */
static void holds(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, rests, NULL);
	while (!made)
		usleep(1000);
	governor();
	told("retire", pollscale_retire(&lcore));
	governor();
	_exit(0);
}

static volatile int over;

static void *goes_on(void *unused)
{
	int status = 0;

	(void)unused;
	pin();
	while (!over) {
		if (status < 0 && status != POLLSCALE_EHANDLE)
			printf("status %d\n", status);
		status = status < 0 ? pollscale_create(settings, &lcore) : pollscale_observe(&lcore, 1, 0);
	}
	return NULL;
}

/* A thread that polls on meanwhile makes another each time. */
static void contends(void)
{
	int retired = 0;
	pthread_t thread;

	create();
	pollscale_close(&lcore);
	pthread_create(&thread, NULL, goes_on, NULL);
	for (int i = 0; i < 2000; i++) {
		pollscale_lcore seen = lcore;
		int status = pollscale_retire(&seen);

		retired += !status;
		if (status && status != POLLSCALE_EHANDLE && status != POLLSCALE_EFAILED)
			printf("status %d\n", status);
		usleep(50);
	}
	over = 1;
	pthread_join(thread, NULL);
	printf("retired %s\n", retired > 100 ? "many" : "few");
}

int main(int count, char **arguments)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} cases[] = { { "checks", checks }, { "retires", retires }, { "holds", holds }, { "contends", contends } };

	settings = count > 2 ? arguments[2] : settings;
	for (size_t i = 0; count > 1 && i < sizeof(cases) / sizeof(*cases); i++)
		if (!strcmp(arguments[1], cases[i].name))
			return cases[i].run(), 0;
	fprintf(stderr, "there is no such case\n");
	return 2;
}
