// Keeps a VM with one vCPU, which never runs, as long as it lives: KVM patches the scheduler and its own code when the first VM or vCPU comes and when
// the last one goes, and QEMU's parallel TCG now and then runs a stale copy of a patched instruction on another CPU.
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int vm = kvm < 0 ? -1 : ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0 || ioctl(vm, KVM_CREATE_VCPU, 0) < 0) {
		perror("vm_holder");
		return 1;
	}

	puts("holding");
	fflush(stdout);
	for (;;)
		pause();
}
