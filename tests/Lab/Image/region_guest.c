// region_guest DEVICE get|set|alone|paced COUNT [hypercall|leaf|cpuid]: the least that a program of a guest can be: makes requests as vCPU 0 over the page shared with the host and
// counts TSC ticks: those of the ring alone, and those until its answer is seen. "alone" looks for no answers; "paced" asks and sleeps a millisecond between two
// requests. It rings by the doorbell, by the hypercall instruction, or by a leaf of CPUID with the numbers of a hypercall; "cpuid" is a leaf that rings nowhere. DEVICE is its
// folder in sysfs.
#include "hypercall.h"
#include "map_device.h"
#include "pollscale_region.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>

enum { GET = 1, SET = 2, MOST = 10000 };

static const uint64_t PATIENCE = 20000000000; /* ticks, some seconds */

static uint64_t rings[MOST], replies[MOST];

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static void show(const char *what, uint64_t *ticks, int count)
{
	qsort(ticks, (size_t)count, sizeof *ticks, compare);
	printf(" %s p50=%llu min=%llu p90=%llu p99=%llu", what, (unsigned long long)ticks[count / 2], (unsigned long long)ticks[0],
		(unsigned long long)ticks[count * 9 / 10], (unsigned long long)ticks[count * 99 / 100]);
}

static void cpuid(uint32_t leaf, uint32_t subleaf)
{
	uint32_t b, d;
	__asm__ volatile("cpuid" : "+a"(leaf), "=b"(b), "+c"(subleaf), "=d"(d) : : "memory");
}

int main(int argc, char **argv)
{
	int count = argc == 4 || argc == 5 ? atoi(argv[3]) : 0;
	const char *by = argc == 5 ? argv[4] : "doorbell";
	int calls = !strcmp(by, "hypercall"), leaf = !strcmp(by, "leaf"), other = !strcmp(by, "cpuid");
	if (count < 1 || count > MOST || (argc == 5 && !calls && !leaf && !other))
		return 2;
	int set = !strcmp(argv[2], "set"), alone = !strcmp(argv[2], "alone"), paced = !strcmp(argv[2], "paced");
	struct pollscale_region *region = map(argv[1], "resource2", POLLSCALE_REGION_SIZE);
	volatile uint32_t *doorbell = (volatile uint32_t *)((char *)map(argv[1], "resource0", 4096) + POLLSCALE_REGION_DOORBELL);
	struct pollscale_region_slot *slot = &region->slots[0];
	uint32_t sequence = (uint32_t)__atomic_load_n(&slot->request, __ATOMIC_RELAXED), ring = region->header.doorbell_peer << 16;
	int wrong = 0;
	for (int i = 0; i < count; i++) {
		sequence = sequence + 1 ? sequence + 1 : 1;
		uint64_t request = pollscale_region_request(sequence, set ? SET : GET, 0, set ? (int16_t)(1 + (i & 1)) : 0), start = __rdtsc();
		__atomic_store_n(&slot->request, request, __ATOMIC_SEQ_CST);
		if (calls)
			hypercall(set ? SET : GET, set ? 1 + (i & 1) : 0, sequence);
		else if (leaf || other)
			cpuid(leaf ? (uint32_t)HYPERCALL_BASE | (set ? SET : GET) : 1, leaf ? sequence : 0);
		else
			*doorbell = ring;
		rings[i] = __rdtsc() - start;
		if (alone)
			continue;
		while (__atomic_load_n(&slot->echo, __ATOMIC_ACQUIRE) != sequence) {
			_mm_pause();
			if (__rdtsc() - start > PATIENCE) {
				printf("%s: request %d has no answer\n", argv[2], i);
				return 1;
			}
		}

		replies[i] = __rdtsc() - start;
		if (paced)
			usleep(1000);
		for (int wait = i % 31 * 16; wait > 0; wait--) /* else each request would meet the same of what the host does from time to time */
			_mm_pause();
		wrong += set ? slot->result != 1 + (i & 1) : slot->result < 0;
	}

	printf("%s %d wrong=%d", argv[2], count, wrong);
	show("ring", rings, count);
	if (!alone)
		show("reply", replies, count);
	puts("");
	return wrong != 0;
}
