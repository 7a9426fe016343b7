// hypercall_loops FOLDER LOOPS FLOODS HOST CALLS...: LOOPS VMs of the least kind, each a process of its own with the page of FOLDER/N.sock, which ring by the
// hypercall instruction alone. For each CALLS in turn each makes so many requests, waits up to 2 s for an answer and sleeps; FLOODS of them, the first, make
// FLOOD times as many and wait for nothing, or none where CALLS is below 0. 0 is two seconds of rest. Says of each turn what came of it, how long it took, and what process HOST took
// meanwhile: ns of CPU, which are instructions where the machine counts them, but for its compiler, and KiB of memory.
#define _GNU_SOURCE
#include "ivshmem_vm.h"
#include "least_vm.h"
#include <dirent.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

enum { SET = 2, PSTATE = 2, FLOOD = 20, MOST = 256, LOOK_US = 200, PACE_US = 10000, PROMPT_MS = 100, PATIENCE_MS = 2000, OBSERVED_MS = 120000 };

struct loop { uint64_t calls, echoed, prompt, wrong, dropped; };

static struct loop *loops;
static int host;

static int64_t ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000ll + time.tv_nsec / 1000000;
}

static void paced(struct loop *loop, struct pollscale_region_slot *slot, int vcpu, int calls, uint32_t *sequence)
{
	for (int i = 0; i < calls; i++) {
		int64_t start = ms();
		__atomic_store_n(&slot->request, pollscale_region_request(++*sequence, SET, 0, PSTATE), __ATOMIC_SEQ_CST);
		call_from(vcpu, SET, PSTATE, *sequence);
		loop->calls++;
		while (__atomic_load_n(&slot->echo, __ATOMIC_ACQUIRE) != *sequence && ms() - start < PATIENCE_MS)
			usleep(LOOK_US);
		if (__atomic_load_n(&slot->echo, __ATOMIC_ACQUIRE) == *sequence) {
			loop->echoed++;
			loop->prompt += ms() - start < PROMPT_MS;
			loop->wrong += slot->result != PSTATE;
		}

		usleep(PACE_US);
	}
}

static void flood(struct loop *loop, struct pollscale_region_slot *slot, int vcpu, int calls, uint32_t *sequence)
{
	for (int i = 0; i < calls; i++) {
		__atomic_store_n(&slot->request, pollscale_region_request(++*sequence, SET, 1, PSTATE), __ATOMIC_SEQ_CST);
		call_from(vcpu, SET, PSTATE, *sequence);
	}

	loop->calls += (uint64_t)calls;
	loop->dropped = slot->dropped;
}

// A VM, from its connection to the end of this program.
static void serve_loop(const char *folder, int number, int floods, int go, int done)
{
	char path[100];
	int calls;
	uint32_t sequence = 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "CPU 0/KVM");
	snprintf(path, sizeof path, "%s/%d.sock", folder, number);
	struct pollscale_region *region = share(path);
	int vcpu = make_vm();
	for (int64_t start = ms(); !(__atomic_load_n(&region->header.flags, __ATOMIC_ACQUIRE) & POLLSCALE_REGION_HYPERCALLS_OBSERVED); usleep(20000)) {
		if (ms() - start > OBSERVED_MS) {
			printf("loop %d is not observed\n", number);
			exit(1);
		}
	}

	need((int)write(done, "", 1), "ready");
	while (read(go, &calls, sizeof calls) == sizeof calls) {
		if (number >= floods)
			paced(&loops[number], &region->slots[0], vcpu, abs(calls), &sequence);
		else if (calls > 0)
			flood(&loops[number], &region->slots[0], vcpu, calls * FLOOD, &sequence);
		need((int)write(done, "", 1), "done");
	}

	exit(0);
}

// Whether a thread only compiles, which comes in waves, and some time ends.
static int compiles(const char *thread)
{
	char path[300], name[32] = "";
	snprintf(path, sizeof path, "/proc/%d/task/%s/comm", host, thread);
	FILE *file = fopen(path, "r");
	if (file) {
		if (!fgets(name, sizeof name, file))
			*name = 0;
		fclose(file);
	}

	return !strncmp(name, ".NET Tiered", 11);
}

// What its threads that still live have had of the CPU.
static uint64_t cpu_ns(void)
{
	char path[300];
	unsigned long long sum = 0, one;
	snprintf(path, sizeof path, "/proc/%d/task", host);
	DIR *tasks = opendir(path);
	for (struct dirent *task; tasks && (task = readdir(tasks));) {
		snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", host, task->d_name);
		FILE *file = compiles(task->d_name) ? NULL : fopen(path, "r");
		if (file && fscanf(file, "%llu", &one) == 1)
			sum += one;
		if (file)
			fclose(file);
	}

	if (tasks)
		closedir(tasks);
	return sum;
}

static unsigned long memory_kib(void)
{
	char path[64], line[200];
	unsigned long kib = 0;
	snprintf(path, sizeof path, "/proc/%d/status", host);
	FILE *file = fopen(path, "r");
	while (file && fgets(line, sizeof line, file) && sscanf(line, "VmRSS: %lu", &kib) != 1)
		;
	if (file)
		fclose(file);
	return kib;
}

static void wait_for(int done, int count)
{
	for (char one; count > 0; count--) {
		if (read(done, &one, 1) != 1)
			exit(1);
	}
}

static void show(const char *what, const struct loop *from, const struct loop *to)
{
	struct loop sum = { 0 };
	for (; from < to; from++) {
		sum.calls += from->calls;
		sum.echoed += from->echoed;
		sum.prompt += from->prompt;
		sum.wrong += from->wrong;
		sum.dropped += from->dropped;
	}

	printf("; %s calls %llu echoed %llu prompt %llu wrong %llu dropped %llu", what, (unsigned long long)sum.calls, (unsigned long long)sum.echoed, (unsigned long long)sum.prompt,
		(unsigned long long)sum.wrong, (unsigned long long)sum.dropped);
}

static void died(int signal)
{
	(void)signal;
	_exit(1);
}

int main(int argc, char **argv)
{
	int count = argc > 5 ? atoi(argv[2]) : 0, floods = argc > 5 ? atoi(argv[3]) : 0, go[MOST][2], done[2];
	if (count < 1 || count > MOST || floods < 0 || floods > count)
		return 2;
	host = atoi(argv[4]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	loops = mmap(NULL, sizeof *loops * MOST, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	need(pipe(done), "a pipe");
	signal(SIGCHLD, died);
	for (int n = 0; n < count; n++) {
		need(pipe(go[n]), "a pipe");
		pid_t child = fork();
		need(child, "a process");
		if (!child) {
			for (int other = 0; other <= n; other++)
				close(go[other][1]);
			close(done[0]);
			serve_loop(argv[1], n, floods, go[n][0], done[1]);
		}

		close(go[n][0]);
	}

	close(done[1]);
	wait_for(done[0], count);
	printf("observed %d\n", count);
	for (char **turn = argv + 5; *turn; turn++) {
		int calls = atoi(*turn);
		memset(loops, 0, sizeof *loops * MOST);
		uint64_t cpu = cpu_ns();
		int64_t start = ms();
		for (int n = 0; calls && n < count; n++)
			need((int)write(go[n][1], &calls, sizeof calls), "go");
		if (calls)
			wait_for(done[0], count);
		else
			sleep(2);
		printf("turn %d: ms %lld cpu %llu kib %lu", calls, (long long)(ms() - start), (unsigned long long)(cpu_ns() - cpu), memory_kib());
		show("floods", loops, loops + floods);
		show("paced", loops + floods, loops + count);
		puts("");
	}

	signal(SIGCHLD, SIG_DFL);
	for (int n = 0; n < count; n++)
		close(go[n][1]);
	while (wait(NULL) > 0)
		;
	return 0;
}
