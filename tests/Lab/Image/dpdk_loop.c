// dpdk_loop burn|sleep SOCKET=CLOCK...: a host of guest channels with the loop of DPDK's vm_power_manager, made from its description: it waits 1 ms at most for
// packets, takes one of each channel that has some, scales, acknowledges, and lets 1 ms pass before it looks again. burn spends that on the CPU, as DPDK's does,
// which has one for itself; sleep, where there is none to spare, lets others have it. SOCKET is where QEMU listens for a port, CLOCK the file that takes kHz.
#define _GNU_SOURCE
#include "guest_channel.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

enum { MOST = 64, TURN_MS = 1, PSTATES = 5, ATTEMPTS = 100, EVENTS = 256 };

static const long TURN_NS = TURN_MS * 1000000;

struct channel {
	int socket, clock, pstate, held;
	unsigned char packet[PACKET_BYTES];
};

static struct channel channels[MOST];

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static unsigned khz(int pstate) { return 3200000u - 600000u * (unsigned)pstate; }

static int reach(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	for (int attempt = 0; attempt < ATTEMPTS; attempt++, usleep(50000)) {
		int peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (peer >= 0 && !connect(peer, (struct sockaddr *)&address, sizeof address))
			return fcntl(peer, F_SETFL, O_NONBLOCK) ? -1 : peer;
		close(peer);
	}

	return -1;
}

static uint64_t ticks_of_a_turn(void)
{
	struct timespec start, now;
	clock_gettime(CLOCK_MONOTONIC_RAW, &start);
	uint64_t ticks = __rdtsc();
	usleep(20000);
	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	ticks = __rdtsc() - ticks;
	return ticks * (uint64_t)TURN_NS / (uint64_t)((now.tv_sec - start.tv_sec) * 1000000000l + now.tv_nsec - start.tv_nsec);
}

// What is set already is not set again.
static int scale(struct channel *channel, uint32_t unit)
{
	char text[16];
	int next = unit == SCALE_MAX ? 0 : unit == SCALE_MIN ? PSTATES - 1 : unit == SCALE_UP ? channel->pstate - 1 : unit == SCALE_DOWN ? channel->pstate + 1 : -1;
	if (unit < SCALE_UP || unit > SCALE_MIN)
		return -1;
	next = next < 0 ? 0 : next >= PSTATES ? PSTATES - 1 : next;
	if (next == channel->pstate)
		return 0;
	int length = snprintf(text, sizeof text, "%u", khz(next));
	if (pwrite(channel->clock, text, (size_t)length, 0) != length)
		return -1;
	channel->pstate = next;
	return 0;
}

static void answer(struct channel *channel)
{
	unsigned char reply[FREQUENCIES_BYTES] = { 0 };
	ssize_t size = 0, sent = 0;
	switch (field(channel->packet, COMMAND_AT)) {
	case CPU_POWER:
		set_field(channel->packet, COMMAND_AT, scale(channel, field(channel->packet, UNIT_AT)) ? NACK : ACK);
		size = PACKET_BYTES;
		sent = write(channel->socket, channel->packet, PACKET_BYTES);
		break;
	case QUERY_FREQUENCY:
		memcpy(reply, channel->packet, UNIT_AT);
		set_field(reply, COMMAND_AT, FREQUENCIES);
		for (int vcpu = 0; vcpu < CHANNEL_VCPUS; vcpu++)
			set_field(reply, FREQUENCIES_AT + 4 * vcpu, khz(channel->pstate));
		reply[VCPUS_AT] = 1;
		size = FREQUENCIES_BYTES;
		sent = write(channel->socket, reply, FREQUENCIES_BYTES);
	}

	if (sent != size)
		fprintf(stderr, "a reply was lost\n");
}

int main(int argc, char **argv)
{
	int burns = argc > 1 && !strcmp(argv[1], "burn"), poll = epoll_create1(EPOLL_CLOEXEC);
	if (argc < 3 || argc - 2 > MOST || (!burns && strcmp(argv[1], "sleep")))
		return 2;
	if (poll < 0 || prctl(PR_SET_TIMERSLACK, 1ul, 0, 0, 0))
		return fail("epoll");
	for (int i = 0; i < argc - 2; i++) {
		char *equals = strchr(argv[i + 2], '=');
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = &channels[i] };
		if (!equals)
			return 2;
		*equals = 0;
		channels[i] = (struct channel){ .socket = reach(argv[i + 2]), .clock = open(equals + 1, O_WRONLY | O_CLOEXEC), .pstate = PSTATES - 1 };
		if (channels[i].socket < 0 || channels[i].clock < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, channels[i].socket, &event))
			return fail(argv[i + 2]);
	}

	uint64_t turn = ticks_of_a_turn();
	puts("serves");
	fflush(stdout);
	for (;;) {
		struct epoll_event events[EVENTS];
		int ready = epoll_wait(poll, events, EVENTS, TURN_MS);
		for (int i = 0; i < ready; i++) {
			struct channel *channel = events[i].data.ptr;
			ssize_t got = read(channel->socket, channel->packet + channel->held, (size_t)(PACKET_BYTES - channel->held));
			if (got == 0 || (got < 0 && errno != EAGAIN)) {
				close(channel->socket);
				continue;
			}

			channel->held += got > 0 ? (int)got : 0;
			if (channel->held == PACKET_BYTES) {
				channel->held = 0;
				answer(channel);
			}
		}

		if (burns)
			for (uint64_t start = __rdtsc(); __rdtsc() - start < turn;)
				_mm_pause();
		else
			nanosleep(&(struct timespec){ 0, TURN_NS }, NULL);
	}
}
