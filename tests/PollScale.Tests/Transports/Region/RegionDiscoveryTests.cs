using System.ComponentModel;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports.Region;

public sealed class RegionDiscoveryTests : IDisposable
{
    private readonly RegionLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void The_device_with_the_page_is_found_among_others()
    {
        string other = _lab.AddDevice("0000:00:04.0", "0x1af4");
        using RegionDevice device = RegionDiscovery.Open(_lab.Root + "/");

        Assert.Equal([other, _lab.Device], RegionDiscovery.Devices(_lab.Root));
        Assert.Equal(_lab.Device, device.Folder);
    }

    [Fact]
    public void Without_a_device_the_host_is_named()
    {
        RegionUnavailableException error = Assert.Throws<RegionUnavailableException>(() => RegionDiscovery.Open(_lab.Device));

        Assert.Contains("no shared-memory device", error.Why, StringComparison.Ordinal);
        Assert.Contains("hoststub guest", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_is_no_page_is_not_ours()
    {
        _lab[RegionLayout.MagicField] = 0;
        RegionUnavailableException error = Assert.Throws<RegionUnavailableException>(() => RegionDiscovery.Open(_lab.Root));

        Assert.StartsWith("0000:00:05.0: no shared page", error.Why, StringComparison.Ordinal);
        Assert.Contains("enable", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_is_too_small_is_not_touched()
    {
        string small = _lab.AddDevice("0000:00:04.0", "0x1af4");
        File.WriteAllBytes(Path.Combine(small, "resource2"), RegionLayout.Magic.ToArray());

        Assert.Null(RegionDevice.TryOpen(small));
    }

    [Theory]
    [InlineData("resource2", LibC.EACCES)]
    [InlineData("resource0", LibC.EACCES)]
    public void A_file_of_roots_alone_leads_to_the_udev_rule(string name, int error)
    {
        RegionUnavailableException failure = RegionAccess.Failure(Path.Combine(_lab.Device, name), new Win32Exception(error));

        Assert.Contains($"{name} may not be opened", failure.Why, StringComparison.Ordinal);
        Assert.Contains("chgrp pollscale", failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_locked_down_kernel_is_named_and_the_guest_channel_offered()
    {
        RegionUnavailableException failure = RegionAccess.Failure("/sys/x/resource2", new Win32Exception(LibC.EPERM));

        Assert.Contains("Secure Boot", failure.Remedy, StringComparison.Ordinal);
        Assert.Contains("GuestChannelOptions", failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        File.Delete(Path.Combine(_lab.Device, "resource0"));

        Assert.Contains("resource0", Assert.Throws<RegionUnavailableException>(() => RegionDiscovery.Open(_lab.Root)).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_without_permission_gets_the_rule()
    {
        Assert.SkipUnless(LibC.geteuid() != 0, "root may open everything");
        Assert.Equal(0, LibC.chmod(Path.Combine(_lab.Device, "resource0"), 0));

        Assert.Equal(RegionAccess.Permission, Assert.Throws<RegionUnavailableException>(() => RegionDiscovery.Open(_lab.Root)).Remedy);
    }

    [Fact]
    public void One_transport_has_a_slot_and_another_vcpus_is_free()
    {
        RegionTransport first = _lab.Open(0);
        RegionUnavailableException error = Assert.Throws<RegionUnavailableException>(() => _lab.Open(0));
        Assert.Contains("Another process has vCPU 0's slot", error.Why, StringComparison.Ordinal);
        _lab.Open(1).Dispose();
        first.Dispose();
        first.Dispose();

        _lab.Open(0).Dispose();
    }

    [Fact]
    public void Where_the_memory_takes_no_lock_a_file_does()
    {
        int fd = LibC.open(Path.Combine(_lab.Device, "resource2"), LibC.O_RDONLY | LibC.O_CLOEXEC); // not writable: no lock for writing
        using (SlotHold hold = Take(0))
        {
            Assert.Contains("Another process has vCPU 0's slot", Assert.Throws<RegionUnavailableException>(() => Take(0)).Why, StringComparison.Ordinal);
            Take(1).Dispose();
        }

        Take(0).Dispose();
        string file = Path.Combine(_lab.Root, "pollscale-0000:00:05.0.lock");
        File.Delete(file);
        File.CreateSymbolicLink(file, "elsewhere");
        Assert.Contains("cannot be locked", Assert.Throws<RegionUnavailableException>(() => Take(0)).Why, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_lab.Root, "elsewhere")));
        _ = LibC.close(fd);

        SlotHold Take(int vcpu) => SlotHold.Take(fd, _lab.Device, RegionLayout.Slot(vcpu), RegionLayout.SlotStride, vcpu, _lab.Root);
    }

    [Fact]
    public void A_vcpu_that_the_host_does_not_serve_is_refused()
    {
        RegionUnavailableException error = Assert.Throws<RegionUnavailableException>(() => _lab.Open(2));

        Assert.Contains("none has x2APIC id 42", error.Why, StringComparison.Ordinal);
        Assert.Contains("apic-id", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thread_that_is_not_pinned_is_refused()
    {
        Assert.SkipUnless(ThreadAffinity.Read(out int _) > 1, "one CPU only");

        Assert.Contains("may run on several", Assert.Throws<RegionUnavailableException>(() => RegionTransport.Open(_lab.Options, RegionLab.Cpu(0), RegionLab.NoInstruction)).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cpu_that_is_named_is_asked_there()
    {
        int at = -1;
        ThreadAffinity.Get(out cpu_set_t allowed);
        int cpu = Enumerable.Range(0, cpu_set_t.CPU_SETSIZE).Last(allowed.IsSet);
        uint id = RegionVcpu.ApicId(cpu, (leaf, subleaf) =>
        {
            at = LibC.sched_getcpu();
            return RegionLab.Cpu(1)(leaf, subleaf);
        });

        Assert.Equal((RegionLab.FirstApicId + 1, cpu), (id, at));
        Assert.Contains("CPU 1023", Assert.Throws<RegionUnavailableException>(() => RegionVcpu.ApicId(1023, Cpuid.Read)).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xBu, 0u, 9u)]
    [InlineData(0xAu, 1u, 9u)]
    [InlineData(0xBu, 1u, 300u)]
    public void A_cpu_without_the_topology_leaf_has_the_id_of_before(uint highest, uint ebx, uint id)
    {
        ThreadAffinity.Get(out cpu_set_t allowed);
        int cpu = Enumerable.Range(0, cpu_set_t.CPU_SETSIZE).First(allowed.IsSet);

        Assert.Equal(id, RegionVcpu.ApicId(cpu, (leaf, _) => leaf switch
        {
            0 => new(highest, 0, 0, 0),
            1 => new(0, 9u << 24, 0, 0),
            _ => new(0, ebx, 0, 300),
        }));
    }

    [Fact]
    public void A_host_of_another_version_is_named()
    {
        _lab[RegionLayout.AbiVersionField] = 2;
        Assert.Throws<AbiVersionMismatchException>(() => _lab.Open());
        _lab[RegionLayout.AbiVersionField] = HypercallAbi.Version;
        _lab[RegionLayout.VersionField] = 2;
        Assert.Contains("version 2", Assert.Throws<MalformedHostInterfaceException>(() => _lab.Open()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11_000)]
    public void A_time_out_outside_its_range_is_refused(int ms) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _lab.Open(options: _lab.Options with { AnswerTimeout = TimeSpan.FromMilliseconds(ms) }));

    [Fact]
    public void Opening_goes_on_from_the_number_that_was_left()
    {
        _lab.Open().Dispose();
        uint before = _lab.Request().Sequence;
        Assert.True(RequestWord.TryMake(before + 1, new FrequencyCall(FrequencyOp.SetPState, 1), posted: true, out RequestWord left));
        _lab.Wide(RegionLayout.Slot(0)) = left.Value;
        _lab.Open().Dispose();

        Assert.True(_lab.Request().Sequence > before + 2, "the number of a request left by another process was used again");
    }

    [Fact]
    public void The_shipped_rule_is_the_one_that_is_printed()
    {
        string[] lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "60-pollscale.rules"));

        Assert.Equal(RegionAccess.UdevRule, lines.Single(line => !line.StartsWith('#')));
        Assert.DoesNotContain('\n', RegionAccess.Permission);
    }
}
