// What a VMM does with QEMU's ivshmem protocol: it has the memory and the doorbells of the host's page passed to it.
#ifndef IVSHMEM_VM_H
#define IVSHMEM_VM_H

#include "pollscale_region.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

// A number, and the descriptor beside it or -1.
static int64_t heard(int host, int *descriptor)
{
	int64_t number;
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec part = { &number, sizeof number };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	if (recvmsg(host, &message, MSG_WAITALL | MSG_CMSG_CLOEXEC) != sizeof number) {
		perror("ivshmem");
		exit(1);
	}

	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	*descriptor = -1;
	if (header)
		memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
	return number;
}

// The page behind a socket. The connection stays open as long as this process lives, and with it the page is served.
static struct pollscale_region *share(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	int host = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), memory = -1;
	if (host < 0 || connect(host, (struct sockaddr *)&address, sizeof address)) {
		perror(path);
		exit(1);
	}

	while (heard(host, &memory) != -1)
		; // the protocol's version, and this VM's own number
	struct pollscale_region *region = mmap(NULL, POLLSCALE_REGION_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	if (region == MAP_FAILED) {
		perror("the page");
		exit(1);
	}

	return region;
}

#endif
