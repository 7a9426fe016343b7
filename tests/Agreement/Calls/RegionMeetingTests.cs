using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Transports;
using Xunit;

namespace PollScale.Agreement.Calls;

/// <summary>The guest's transport and the daemon's server, over one page: sysfs and the device are ordinary files, the host looks without being rung.</summary>
public sealed class RegionMeetingTests : IDisposable
{
    private const int Vcpu = 1;
    private readonly RegionLab _host = new(vcpus: 2, polls: true);
    private readonly TemporaryFolder _root = new();
    private readonly IvshmemPeer _device;
    private readonly RegionTransport _guest;

    public RegionMeetingTests()
    {
        _device = _host.Connect();
        string folder = _root["sys/bus/pci/devices/0000:00:05.0"];
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "vendor"), "0x1af4\n");
        File.WriteAllText(Path.Combine(folder, "device"), "0x1110\n");
        File.WriteAllBytes(Path.Combine(folder, "resource0"), new byte[256]);
        File.CreateSymbolicLink(Path.Combine(folder, "resource2"), string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_device.Memory.Fd}"));
        ThreadAffinity.Get(out cpu_set_t allowed);
        int cpu = Enumerable.Range(0, cpu_set_t.CPU_SETSIZE).First(allowed.IsSet);
        ChannelLab.Until(() => _device.Heartbeat > 0, "no heartbeat");
        _guest = RegionTransport.Open(
            new RegionOptions { Root = _root.Path, Cpu = cpu, AnswerTimeout = TimeSpan.FromSeconds(10) },
            (leaf, _) => leaf == 0 ? new(0xB, 0, 0, 0) : new(0, 1, 0, Vcpu),
            HypercallAccess.Here);
    }

    public void Dispose()
    {
        _guest.Dispose();
        _device.Dispose();
        _host.Dispose();
        _root.Dispose();
    }

    [Fact]
    public void Every_call_that_fits_is_answered_as_everywhere()
    {
        using LoopbackTransport loopback = new(ChannelLab.Table);
        Assert.Equal((Vcpu, true), (_guest.Vcpu, _guest.ControlGranted));
        Assert.Equal(ChannelLab.Table.KHz, _guest.PStates.KHz);
        Assert.Equal(loopback.Call(new FrequencyCall(FrequencyOp.Min)), _guest.Call(new FrequencyCall(FrequencyOp.Min)));
        Prop.ForAll<(byte Op, short Argument, byte Kind)[]>(calls =>
        {
            foreach ((byte op, short argument, byte kind) in calls)
            {
                FrequencyCall call = new((FrequencyOp)(kind % 9 == 0 ? op : op % HypercallAbi.OpCount), kind % 3 == 0 ? argument : argument % 8);
                long expected = loopback.Call(call).Value;
                Assert.True(expected == _guest.Call(call).Value, $"{call} is answered otherwise than {expected}");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(24));
    }

    [Fact]
    public void A_posted_wish_is_granted_and_its_grant_is_seen()
    {
        for (int pState = 0; pState < _guest.PStates.Count; pState++)
        {
            _guest.Post(new FrequencyCall(FrequencyOp.SetPState, pState), TscClock.Now);
            PostedNews news = Until(one => one.Answered);
            Assert.Equal((new FrequencyReply(pState), pState), (news.Reply, _host.Backends[Vcpu].Requested));
        }

        Assert.Equal(RegionLab.Rest, _host.Backends[0].Requested);
    }

    [Fact]
    public void A_wish_that_is_repeated_is_granted_without_news()
    {
        _guest.Post(new FrequencyCall(FrequencyOp.SetPState, 2), TscClock.Now);
        Until(one => one.Answered);
        uint before = new RequestWord(Slot()).Sequence;
        PostedNews later = Until(one => one.Answered, orUntil: () => new RequestWord(Slot()).Sequence > before + 2);

        Assert.False(later.Answered);
        ChannelLab.Until(() => _device.Echo(Vcpu) == new RequestWord(Slot()).Sequence, "the last wish is not answered");
    }

    [Fact]
    public void A_host_that_stops_is_noticed()
    {
        _host.Server.Stop(ChannelLab.Patience);
        _guest.Post(new FrequencyCall(FrequencyOp.SetPState, 2), TscClock.Now);

        Until(_ => _guest.HostGone);
    }

    private ulong Slot() => BitConverter.ToUInt64(_device.Bytes[RegionLayout.Slot(Vcpu)..]);

    private PostedNews Until(Func<PostedNews, bool> seen, Func<bool>? orUntil = null)
    {
        PostedNews news = PostedNews.None;
        for (Stopwatch time = Stopwatch.StartNew(); !seen(news) && orUntil?.Invoke() != true; news = _guest.Look(TscClock.Now))
        {
            Assert.True(time.Elapsed < ChannelLab.Patience, "nothing was seen");
            Thread.Yield();
        }

        return news;
    }
}
