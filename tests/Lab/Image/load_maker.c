// load_maker region|channel SOCKET PER_SECOND: another guest of a daemon, of which there is no more than what speaks its channel: asks again and again for its
// P-state or frequency, sleeps in between (not at all for 0 a second), and says at SIGTERM how often it asked and how often it was answered. region is QEMU's
// ivshmem device with one vCPU, and connects to SOCKET; channel is QEMU's virtio-serial port, and listens there.
#define _GNU_SOURCE
#include "guest_channel.h"
#include "pollscale_region.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { GET = 1, HOST = 1 };

static volatile sig_atomic_t enough;
static unsigned long asked, answered;

static void stop(int signal) { enough = signal; }

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static void nap(long per_second)
{
	if (per_second > 0)
		nanosleep(&(struct timespec){ per_second == 1, per_second == 1 ? 0 : 1000000000 / per_second }, NULL);
}

// The next number of the server, and the descriptor that comes with it.
static int hear(int server, int64_t *number, int *descriptor)
{
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec part = { number, sizeof *number };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	if (recvmsg(server, &message, MSG_WAITALL) != sizeof *number)
		return -1;
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	*descriptor = -1;
	if (header)
		memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
	return 0;
}

static int region(const struct sockaddr_un *address, long per_second)
{
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), descriptor, doorbell = -1;
	struct pollscale_region *page = MAP_FAILED;
	if (server < 0 || connect(server, (const struct sockaddr *)address, sizeof *address))
		return fail(address->sun_path);
	for (int64_t number; doorbell < 0;) {
		if (hear(server, &number, &descriptor))
			return fail("handshake");
		if (number == -1)
			page = mmap(NULL, POLLSCALE_REGION_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
		else if (number == HOST && descriptor >= 0)
			doorbell = descriptor;
	}

	if (page == MAP_FAILED)
		return fail("mmap");
	struct pollscale_region_slot *slot = &page->slots[0];
	uint32_t sequence = (uint32_t)__atomic_load_n(&slot->request, __ATOMIC_RELAXED);
	for (const uint64_t one = 1; !enough; nap(per_second)) {
		answered += asked && __atomic_load_n(&slot->echo, __ATOMIC_ACQUIRE) == sequence;
		sequence = sequence + 1 ? sequence + 1 : 1;
		__atomic_store_n(&slot->request, pollscale_region_request(sequence, GET, 0, 0), __ATOMIC_SEQ_CST);
		if (write(doorbell, &one, sizeof one) != sizeof one)
			return fail("doorbell");
		asked++;
	}

	return 0;
}

static int channel(const struct sockaddr_un *address, long per_second)
{
	static unsigned char bytes[16 * FREQUENCIES_BYTES];
	unsigned char packet[PACKET_BYTES] = { 0 };
	unsigned long heard = 0;
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	umask(0007);
	unlink(address->sun_path);
	if (listener < 0 || bind(listener, (const struct sockaddr *)address, sizeof *address) || listen(listener, 1))
		return fail(address->sun_path);
	int host = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (host < 0)
		return !enough;
	set_field(packet, COMMAND_AT, QUERY_FREQUENCY);
	for (; !enough; nap(per_second)) {
		for (ssize_t got; (got = read(host, bytes, sizeof bytes)) > 0;)
			heard += (unsigned long)got;
		asked += write(host, packet, sizeof packet) == sizeof packet; // a full socket takes none: then the host is behind
	}

	answered = heard / FREQUENCIES_BYTES;
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct sigaction ending = { .sa_handler = stop };
	if (argc != 4 || (strcmp(argv[1], "region") && strcmp(argv[1], "channel")))
		return 2;
	sigaction(SIGTERM, &ending, NULL);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_NAME, "CPU 0/KVM"); // as its vCPU's thread would be called
	prctl(PR_SET_TIMERSLACK, 1ul, 0, 0, 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", argv[2]);
	int status = argv[1][0] == 'r' ? region(&address, atol(argv[3])) : channel(&address, atol(argv[3]));
	printf("%s: asked %lu, answered %lu\n", argv[2], asked, answered);
	return status;
}
