// yielding THREAD: makes a thread one that runs while no other wants its CPU (SCHED_IDLE): what stands for a vCPU with a CPU of its own on a machine that has
// only one. Whoever wakes on the host runs at once, as on another CPU.
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	struct sched_param none = { 0 };
	if (argc != 2)
		return 2;
	if (sched_setscheduler(atoi(argv[1]), SCHED_IDLE, &none)) {
		perror("sched_setscheduler");
		return 1;
	}

	return 0;
}
