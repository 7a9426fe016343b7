// module_grant FOLDER PID THREAD-NAME PCPU [NAME=VALUE]...: grants a vCPU of a process over /dev/pollscale as the daemon does, by its thread's name, and drains the
// module's records ten times a second into FOLDER/records until it is ended, which withdraws the grant; kill -9 does too. What became of the grant is in
// FOLDER/grant: "granted ID", or "refused ERROR". SIGUSR1 withdraws it, SIGUSR2 shows its state in FOLDER/state. SIGHUP takes
// the wish back and sets the slowest frequency, twice: as one who has not seen its last call, then as one who has; FOLDER/rest has both outcomes.
// Names: vcpu, flags, fastest, slowest, pstates, rate, burst, more (added to the first frequency, kHz), late (added to the thread's beginning), version.
#define _GNU_SOURCE
#include "pollscale_kvm.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <dirent.h>

static volatile sig_atomic_t ended, withdrawing, telling, resting;

static void on_signal(int number)
{
	ended |= number == SIGTERM;
	withdrawing |= number == SIGUSR1;
	telling |= number == SIGUSR2;
	resting |= number == SIGHUP;
}

static FILE *file(const char *folder, const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *stream = fopen(path, "w");
	if (!stream) {
		perror(path);
		exit(1);
	}

	return stream;
}

static void text(char *to, size_t size, const char *format, int process, int thread)
{
	char path[128];
	snprintf(path, sizeof path, format, process, thread);
	int descriptor = open(path, O_RDONLY);
	ssize_t length = descriptor < 0 ? 0 : read(descriptor, to, size - 1);
	to[length > 0 ? length : 0] = 0;
	if (descriptor >= 0)
		close(descriptor);
}

// The thread with this name, and when it began.
static int find_thread(int process, const char *name, __u64 *start)
{
	char folder[64], stat[1024];
	snprintf(folder, sizeof folder, "/proc/%d/task", process);
	DIR *tasks = opendir(folder);
	for (struct dirent *task; tasks && (task = readdir(tasks));) {
		int thread = atoi(task->d_name);
		text(stat, sizeof stat, "/proc/%d/task/%d/stat", process, thread);
		char *begins = strchr(stat, '('), *ends = strrchr(stat, ')');
		if (!begins || !ends)
			continue;
		*ends = 0;
		if (strcmp(begins + 1, name))
			continue;
		// Field 22; the one behind the name is 3.
		char *field = ends + 2;
		for (int n = 3; n < 22 && field; n++)
			field = strchr(field, ' ') + 1;
		*start = strtoull(field, NULL, 10);
		return thread;
	}

	return 0;
}

static void frequencies(struct pollscale_kvm_grant *grant)
{
	char list[2048];
	text(list, sizeof list, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_available_frequencies", (int)grant->pcpu, 0);
	for (char *next = list; grant->pstates < POLLSCALE_KVM_MAX_PSTATES; grant->pstates++) {
		char *end;
		grant->khz[grant->pstates] = (__u32)strtoul(next, &end, 10);
		if (end == next)
			break;
		next = end;
	}

	grant->khz[grant->pstates] = 0;
}

static void set(struct pollscale_kvm_grant *grant, const char *option)
{
	const char *equals = strchr(option, '=');
	size_t length = equals ? (size_t)(equals - option) : 0;
	long value = equals ? strtol(equals + 1, NULL, 0) : 0;
#define IS(name) (length == sizeof name - 1 && !strncmp(option, name, length))
	if (IS("vcpu"))
		grant->vcpu = (__u32)value;
	else if (IS("flags"))
		grant->flags = (__u32)value;
	else if (IS("fastest"))
		grant->fastest = (__u32)value;
	else if (IS("slowest"))
		grant->slowest = (__u32)value;
	else if (IS("pstates"))
		grant->pstates = (__u32)value;
	else if (IS("rate"))
		grant->calls_per_second = (__u32)value;
	else if (IS("burst"))
		grant->burst = (__u32)value;
	else if (IS("more"))
		grant->khz[0] += (__u32)value;
	else if (IS("late"))
		grant->start_ticks += (__u64)value;
	else if (IS("version"))
		grant->version = (__u32)value;
	else
		exit(2);
}

static void drain(int device, FILE *records)
{
	struct pollscale_kvm_record all[64];
	for (ssize_t length; (length = read(device, all, sizeof all)) > 0;)
		for (size_t i = 0; i < (size_t)length / sizeof *all; i++)
			fprintf(records, "grant=%llu vcpu=%u pcpu=%u cpu=%u op=%u argument=%lld reply=%lld verdict=%u reason=%u pstate=%d khz=%u lost=%llu\n", (unsigned long long)all[i].grant,
				all[i].vcpu, all[i].pcpu, all[i].cpu, all[i].op, (long long)all[i].argument, (long long)all[i].reply, all[i].verdict, all[i].reason, all[i].pstate, all[i].khz,
				(unsigned long long)all[i].lost);
	fflush(records);
}

static void tell(int device, const char *folder, __u64 id)
{
	struct pollscale_kvm_state state = { .size = sizeof state, .version = POLLSCALE_KVM_VERSION, .id = id };
	FILE *stream = file(folder, "state.new");
	if (ioctl(device, POLLSCALE_KVM_STATE, &state))
		fprintf(stream, "no state: %s", strerrorname_np(errno));
	else
		fprintf(stream, "live=%u wish=%d", state.live, state.wish);
	for (int i = 0; i < POLLSCALE_KVM_VERDICTS; i++)
		fprintf(stream, " %llu", (unsigned long long)state.calls[i]);
	fputs("\n", stream);
	fclose(stream);
	char from[256], to[256];
	snprintf(from, sizeof from, "%s/state.new", folder);
	snprintf(to, sizeof to, "%s/state", folder);
	rename(from, to);
}

static void rest(int device, const char *folder, const struct pollscale_kvm_grant *grant)
{
	struct pollscale_kvm_state state = { .size = sizeof state, .version = POLLSCALE_KVM_VERSION, .id = grant->id };
	struct pollscale_kvm_rest rest = { .size = sizeof rest, .version = POLLSCALE_KVM_VERSION, .id = grant->id, .khz = grant->khz[grant->pstates - 1] };
	ioctl(device, POLLSCALE_KVM_STATE, &state);
	rest.last_call_ns = state.last_call_ns - 1;
	const char *stale = ioctl(device, POLLSCALE_KVM_REST, &rest) ? strerrorname_np(errno) : "done";
	rest.last_call_ns = state.last_call_ns;
	const char *seen = ioctl(device, POLLSCALE_KVM_REST, &rest) ? strerrorname_np(errno) : "done";
	FILE *stream = file(folder, "rest");
	fprintf(stream, "%s %s\n", stale, seen);
	fclose(stream);
}

int main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	const char *folder = argv[1];
	int process = atoi(argv[2]), pidfd = (int)syscall(SYS_pidfd_open, process, 0);
	struct pollscale_kvm_grant grant = {
		.size = sizeof grant, .version = POLLSCALE_KVM_VERSION, .tgid = process, .pcpu = (__u32)atoi(argv[4]),
		.flags = POLLSCALE_KVM_CONTROL | POLLSCALE_KVM_QUERIES, .calls_per_second = 1000000, .burst = 1000000,
	};
	grant.tid = find_thread(process, argv[3], &grant.start_ticks);
	frequencies(&grant);
	grant.slowest = grant.pstates - 1;
	for (int i = 5; i < argc; i++)
		set(&grant, argv[i]);

	struct sigaction action = { .sa_handler = on_signal };
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	int device = open("/dev/" POLLSCALE_KVM_DEVICE, O_RDWR | O_CLOEXEC), refused = device < 0 || ioctl(device, POLLSCALE_KVM_GRANT, &grant);
	FILE *result = file(folder, "grant");
	if (refused)
		fprintf(result, "refused %s\n", strerrorname_np(errno));
	else
		fprintf(result, "granted %llu\n", (unsigned long long)grant.id);
	// The number was that process's all the time where it lives still.
	struct pollfd life = { .fd = pidfd, .events = POLLIN };
	if (!refused && (pidfd < 0 || poll(&life, 1, 0)))
		refused = ioctl(device, POLLSCALE_KVM_WITHDRAW, &grant.id), fprintf(result, "gone\n");
	fclose(result);
	if (refused)
		return 1;

	FILE *records = file(folder, "records");
	while (!ended) {
		poll(NULL, 0, 100);
		drain(device, records);
		if (withdrawing) {
			withdrawing = 0;
			if (ioctl(device, POLLSCALE_KVM_WITHDRAW, &grant.id))
				fprintf(records, "not withdrawn: %s\n", strerrorname_np(errno));
		}

		if (resting) {
			resting = 0;
			rest(device, folder, &grant);
		}

		if (telling) {
			telling = 0;
			tell(device, folder, grant.id);
		}
	}

	return 0;
}
