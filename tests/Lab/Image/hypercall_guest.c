// hypercall_guest DEVICE VCPU SLOT PSTATE COUNT: a program of a guest that rings by the hypercall instruction alone; it does not even map the doorbell. On its CPU
// VCPU it writes COUNT requests for PSTATE, or those until SIGTERM, into the slot of vCPU SLOT, one after the other, and waits up to a second for each. Says how
// many were echoed, how many of them within 100 ms, how many with EPERM, with what result at last, what rax held, how many were there when the instruction
// ended, the least TSC ticks from the store to that, and how many had another result than PSTATE. A PSTATE below 0 asks for none, by GetPState.
#define _GNU_SOURCE
#include "hypercall.h"
#include "map_device.h"
#include "pollscale_region.h"
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <x86intrin.h>

enum { GET = 1, SET = 2, PROMPT_MS = 100, PATIENCE_MS = 1000 };

static volatile sig_atomic_t enough;

static void stop(int signal)
{
	enough = signal;
}

static long now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	if (argc != 6)
		return 2;
	int vcpu = atoi(argv[2]), target = atoi(argv[3]), pstate = atoi(argv[4]), count = atoi(argv[5]), calls = 0, echoed = 0, prompt = 0, denied = 0, inside = 0, other = 0;
	int op = pstate < 0 ? GET : SET, argument = pstate < 0 ? 0 : pstate;
	uint64_t least = INT64_MAX;
	signal(SIGTERM, stop);
	cpu_set_t own;
	CPU_ZERO(&own);
	CPU_SET(vcpu, &own);
	if (sched_setaffinity(0, sizeof own, &own)) {
		perror("sched_setaffinity");
		return 1;
	}

	struct pollscale_region *region = map(argv[1], "resource2", POLLSCALE_REGION_SIZE);
	struct pollscale_region_slot *slot = &region->slots[target];
	uint32_t sequence = (uint32_t)__atomic_load_n(&slot->request, __ATOMIC_RELAXED) + 1000; // unlike those of the other slot
	long answer = 0;
	for (; calls < count && !enough; calls++) {
		sequence = sequence + 1 ? sequence + 1 : 1;
		long start = now();
		uint64_t began = __rdtsc();
		__atomic_store_n(&slot->request, pollscale_region_request(sequence, (uint8_t)op, 0, (int16_t)argument), __ATOMIC_SEQ_CST);
		answer = hypercall((uint64_t)op, argument, sequence);
		inside += __atomic_load_n(&slot->echo, __ATOMIC_ACQUIRE) == sequence;
		uint64_t ticks = __rdtsc() - began;
		least = ticks < least ? ticks : least;
		while (__atomic_load_n(&slot->echo, __ATOMIC_ACQUIRE) != sequence && now() - start < PATIENCE_MS)
			_mm_pause();
		if (__atomic_load_n(&slot->echo, __ATOMIC_ACQUIRE) == sequence) {
			echoed++;
			prompt += now() - start < PROMPT_MS;
			denied += slot->result == -1;
			other += slot->result != pstate;
		}
	}

	printf("flags %u, calls %d, echoed %d, prompt %d, denied %d, result %ld, rax %ld, inside %d, least %llu, other %d\n", region->header.flags, calls, echoed, prompt, denied, (long)slot->result, answer,
		inside, (unsigned long long)least, other);
	return 0;
}
