using PollScale.HostStub.Doctor.Files;

namespace PollScale.HostStub.Doctor.Checks;

/// <summary>Can /dev/kvm be opened, and who else can?</summary>
internal sealed class KvmCheck(IHostFiles files, KvmFacts kvm) : ICheck
{
    private const string Device = "/dev/kvm";
    private const int OthersWrite = 2, GroupWrite = 16;

    public IEnumerable<Finding> Run()
    {
        yield return kvm.Problem is string problem
            ? new Finding("kvm", FindingStatus.Problem, problem, "Micro-VMs need it; demo and run --no-vm work without.", "Load kvm_intel or kvm_amd, and get access to /dev/kvm. Meanwhile `hoststub run --no-vm` runs the guest as a plain process.")
            : new Finding("kvm", FindingStatus.Ok, $"{Device} opens; vendor module {kvm.Flavour}.",
                kvm.Flavour == "kvm_pvm" ? "kvm_pvm is software-nested: exits cost some 25 times what they do on silicon, so times measured here say little." : "");
        yield return Permission();
    }

    private Finding Permission()
    {
        const string Name = "kvm-permission";
        if (files.Owner(Device) is not FileOwner owner)
        {
            return new Finding(Name, FindingStatus.NotHere, $"{Device}: owner and mode cannot be read.");
        }

        string what = $"{Device} belongs to {owner}{(owner.IsDevice ? "" : ", but is no character device")}.";
        const string Consequence = "may start VMs that spin on any CPU and pin memory, and can reach KVM's code in the kernel. No hypercall of theirs changes a real frequency: hoststub does that, where a policy grants it.";
        if ((owner.Mode & OthersWrite) != 0)
        {
            return new Finding(Name, FindingStatus.Warning, what, $"Every user of this machine {Consequence}", "Take it from others: chmod 0660 /dev/kvm, and a udev rule with GROUP=\"kvm\", MODE=\"0660\".");
        }

        return (owner.Mode & GroupWrite) != 0
            ? new Finding(Name, FindingStatus.Ok, what, $"Who is in group {owner.Group} {Consequence}")
            : new Finding(Name, FindingStatus.Ok, what, $"Only {owner.User} {Consequence}", owner.User == "root" ? "To run hoststub as another user: chgrp kvm /dev/kvm, chmod 0660 /dev/kvm, and the user in group kvm." : "");
    }
}
