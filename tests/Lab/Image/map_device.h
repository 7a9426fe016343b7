// What the lab's guest programs share: the files of a PCI device in sysfs, mapped.
#ifndef MAP_DEVICE_H
#define MAP_DEVICE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static void *map(const char *folder, const char *file, size_t size)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", folder, file);
	int descriptor = open(path, O_RDWR);
	void *address = descriptor < 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
	if (address == MAP_FAILED) {
		perror(path);
		exit(1);
	}

	return address;
}

#endif
