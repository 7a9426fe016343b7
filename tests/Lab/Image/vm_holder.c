// Keeps two VMs with one vCPU each, which never run, as long as it lives. KVM patches the scheduler's code and its own when the first VM or vCPU of a kind
// comes, and when the last one goes: any VM, one without a local APIC, one whose APIC is switched off by software (each is while it boots) or by hardware,
// one with Xen's hypercalls. Watching the tracepoint of hypercalls patches both again: it is watched all along. QEMU's parallel
// TCG now and then runs a stale copy of a patched instruction on another CPU, and the kernel there dies.
#include <fcntl.h>
#include <linux/kvm.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { APIC_ENABLE = 1 << 11 };

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int watch_hypercalls(void)
{
	FILE *file = fopen("/sys/kernel/tracing/events/kvm/kvm_hypercall/id", "re");
	struct perf_event_attr attributes = { .type = PERF_TYPE_TRACEPOINT, .size = sizeof attributes, .sample_period = 1, .sample_type = PERF_SAMPLE_RAW };
	int number = 0;
	if (!file || fscanf(file, "%d", &number) != 1)
		return -1;
	fclose(file);
	attributes.config = (unsigned)number;
	return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int bare = kvm < 0 ? -1 : ioctl(kvm, KVM_CREATE_VM, 0);
	if (bare < 0 || ioctl(bare, KVM_CREATE_VCPU, 0) < 0)
		return fail("a VM without an APIC");
	struct kvm_xen_hvm_config xen = { .flags = KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL, .msr = 0x40000000 };
	if (ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_XEN_HVM) > 0 && ioctl(bare, KVM_XEN_HVM_CONFIG, &xen) < 0)
		return fail("a VM with Xen's hypercalls");

	int whole = ioctl(kvm, KVM_CREATE_VM, 0);
	int vcpu = whole < 0 || ioctl(whole, KVM_CREATE_IRQCHIP, 0) < 0 ? -1 : ioctl(whole, KVM_CREATE_VCPU, 0);
	struct kvm_sregs registers;
	if (vcpu < 0 || ioctl(vcpu, KVM_GET_SREGS, &registers) < 0)
		return fail("a VM with an APIC");
	registers.apic_base &= ~(unsigned long long)APIC_ENABLE;
	if (ioctl(vcpu, KVM_SET_SREGS, &registers) < 0)
		return fail("an APIC that is off");

	if (watch_hypercalls() < 0)
		return fail("the tracepoint of hypercalls");

	puts("holding");
	fflush(stdout);
	for (;;)
		pause();
}
