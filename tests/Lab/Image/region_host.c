// region_host SOCKET [TRACEPOINT [FILTER]]: the least that a host of one shared page can be, without policy, budget, audit or status: what hoststub serve is compared
// with. Speaks QEMU's ivshmem protocol on SOCKET, then answers requests of vCPU 0, rung by its doorbell; or by its hypercalls, recorded by the tracepoint with that
// number; or by what else a tracepoint records that passes FILTER.
#define _GNU_SOURCE
#include "pollscale_region.h"
#include <dirent.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { VM = 0, HOST = 1, PSTATES = 5 };

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int tell(int peer, int64_t number, int descriptor)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { &number, sizeof number };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	if (descriptor >= 0) {
		message.msg_control = control;
		message.msg_controllen = sizeof control;
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
	}

	return sendmsg(peer, &message, 0) == sizeof number ? 0 : -1;
}

static void describe(struct pollscale_region_header *header)
{
	memcpy(header->magic, POLLSCALE_REGION_MAGIC, sizeof header->magic);
	header->version = POLLSCALE_REGION_VERSION;
	header->abi_version = 1;
	header->flags = POLLSCALE_REGION_CONTROL_GRANTED | POLLSCALE_REGION_EMULATED;
	header->vcpus = 1;
	header->doorbell_peer = HOST;
	header->slot_offset = offsetof(struct pollscale_region, slots);
	header->slot_stride = sizeof(struct pollscale_region_slot);
	header->status_offset = offsetof(struct pollscale_region, statuses);
	header->status_stride = sizeof(struct pollscale_region_status);
	header->pstates = PSTATES;
	header->slowest_allowed = PSTATES - 1;
	for (uint32_t i = 0; i < PSTATES; i++)
		header->khz[i] = 3200000 - 600000 * i;
	for (uint32_t i = 1; i < POLLSCALE_REGION_MAX_VCPUS; i++)
		header->apic_ids[i] = UINT32_MAX;
	header->nonce = 1;
}

// QEMU names its threads; it connects before it has vCPUs.
static int vcpu_thread(int process)
{
	char path[300], name[32];
	int found = -1;
	snprintf(path, sizeof path, "/proc/%d/task", process);
	DIR *tasks = opendir(path);
	for (struct dirent *task; tasks && found < 0 && (task = readdir(tasks));) {
		snprintf(path, sizeof path, "/proc/%d/task/%s/comm", process, task->d_name);
		FILE *comm = fopen(path, "r");
		if (comm && fgets(name, sizeof name, comm) && !strcmp(name, "CPU 0/KVM\n"))
			found = atoi(task->d_name);
		if (comm)
			fclose(comm);
	}

	if (tasks)
		closedir(tasks);
	return found;
}

static struct perf_event_mmap_page *observe(int tracepoint, const char *filter, int thread, int *descriptor)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof attributes, .config = (uint64_t)tracepoint, .sample_period = 1,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_CPU | PERF_SAMPLE_RAW, .wakeup_events = 1, .disabled = 1,
	};
	*descriptor = (int)syscall(SYS_perf_event_open, &attributes, thread, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (*descriptor < 0 || ioctl(*descriptor, PERF_EVENT_IOC_SET_FILTER, filter))
		return MAP_FAILED;
	struct perf_event_mmap_page *ring = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, *descriptor, 0);
	return ring == MAP_FAILED || ioctl(*descriptor, PERF_EVENT_IOC_ENABLE, 0) ? MAP_FAILED : ring;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct perf_event_mmap_page *records = NULL;
	if (argc < 2 || argc > 4)
		return 2;
	int memory = memfd_create("region", MFD_CLOEXEC | MFD_ALLOW_SEALING), doorbell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (memory < 0 || doorbell < 0 || ftruncate(memory, POLLSCALE_REGION_SIZE) || fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return fail("memory");
	struct pollscale_region *region = mmap(NULL, POLLSCALE_REGION_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	if (region == MAP_FAILED)
		return fail("mmap");
	describe(&region->header);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", argv[1]);
	unlink(argv[1]);
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	umask(0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1))
		return fail("socket");
	int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (peer < 0 || tell(peer, 0, -1) || tell(peer, VM, -1) || tell(peer, -1, memory) || tell(peer, HOST, doorbell))
		return fail("handshake");

	int poll = epoll_create1(EPOLL_CLOEXEC), rung = doorbell;
	if (argc > 2) {
		struct ucred vm;
		socklen_t size = sizeof vm;
		int thread = -1;
		if (getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &vm, &size))
			return fail("SO_PEERCRED");
		while ((thread = vcpu_thread(vm.pid)) < 0)
			usleep(10000);
		if ((records = observe(atoi(argv[2]), argc > 3 ? argv[3] : "nr >= 0x50530000 && nr < 0x50540000", thread, &rung)) == MAP_FAILED)
			return fail("perf event");
	}

	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	if (poll < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, rung, &event))
		return fail("epoll");
	struct pollscale_region_slot *slot = &region->slots[0];
	uint32_t last = 0;
	int64_t pstate = 0;
	for (;;) {
		if (epoll_wait(poll, &event, 1, -1) <= 0)
			continue;
		if (records)
			__atomic_store_n(&records->data_tail, __atomic_load_n(&records->data_head, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
		uint64_t request = __atomic_load_n(&slot->request, __ATOMIC_ACQUIRE);
		uint32_t sequence = (uint32_t)request;
		if (sequence == last || !sequence)
			continue;
		last = sequence;
		int16_t argument = (int16_t)(request >> 48);
		switch ((uint8_t)(request >> 32)) {
		case 0: // Hello
			slot->result = 1 << 16 | PSTATES;
			break;
		case 1: // GetPState
			slot->result = pstate;
			break;
		case 2: // SetPState
			slot->result = argument < 0 || argument >= PSTATES ? -22 : (pstate = argument);
			break;
		default:
			slot->result = -1000;
		}

		__atomic_store_n(&slot->echo, sequence, __ATOMIC_RELEASE);
	}
}
