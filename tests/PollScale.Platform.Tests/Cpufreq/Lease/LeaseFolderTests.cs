using PollScale.Cpufreq;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Cpufreq;
using PollScale.Tests.Shared.Native;
using Xunit;

namespace PollScale.Tests.Cpufreq;

/// <summary>A folder of leases that others had their hands in.</summary>
public sealed class LeaseFolderTests : IDisposable
{
    private readonly TemporaryFolder _run = new();
    private readonly FakeCpufreq _kernel = new("haswell-acpi-cpufreq");

    private string Leases => _run["leases"];

    private string LeaseFile => Path.Combine(Leases, "cpufreq-policy0.lease.json");

    public LeaseFolderTests() => Directory.CreateDirectory(Leases);

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(0x1FFu, "chmod o-w")]
    [InlineData(0x3FFu, "chmod o-w")]
    public void A_folder_that_all_may_write_is_refused_with_the_remedy(uint mode, string remedy)
    {
        Make.Mode(Leases, mode);
        CpufreqException e = Assert.Throws<CpufreqException>(() => Open());

        Assert.Contains(remedy + " " + Leases, e.Message);
        Assert.Empty(_kernel.Writes);
        Assert.Empty(Directory.GetFileSystemEntries(Leases));
    }

    [Fact]
    public void A_folder_below_one_that_all_may_write_is_refused()
    {
        Make.Mode(_run.Path, 0x1FF);
        Assert.Contains("chmod o-w " + _run.Path, Assert.Throws<CpufreqException>(() => Open()).Message);
        Make.Mode(_run.Path, 0x3FF); // as /tmp: nobody can move another's folder
        Open().Dispose();
    }

    [Fact]
    public void A_folder_of_another_user_or_group_is_refused()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can give folders away");
        Make.Own(Leases, 65534);
        Assert.Contains("belongs to user 65534", Assert.Throws<CpufreqException>(() => Open()).Message);
        Make.Own(Leases, 0);
        Make.Group(Leases, 65534);
        Make.Mode(Leases, 0x1FD); // 0775
        Assert.Contains("group 65534 may write it", Assert.Throws<CpufreqException>(() => Open()).Message);
        Make.Mode(Leases, 0x1ED);
        Open().Dispose();
    }

    [Fact]
    public void Links_in_the_folder_lead_nowhere()
    {
        File.WriteAllText(_run["victim"], "precious");
        foreach (string name in (string[])["cpufreq-policy0.lease.json.tmp", "cpufreq-policy0.lease.json"])
        {
            File.CreateSymbolicLink(Path.Combine(Leases, name), _run["victim"]);
        }

        Open().Dispose();

        Assert.Equal("precious", File.ReadAllText(_run["victim"]));
    }

    [Theory]
    [InlineData("lock")]
    [InlineData("cpufreq-policy0.lease.json.owner")]
    public void A_lock_that_is_a_link_is_refused_and_nothing_is_made(string name)
    {
        File.CreateSymbolicLink(Path.Combine(Leases, name), _run["made"]);

        Assert.Contains("symbolic link", Assert.Throws<CpufreqException>(() => Open()).Message);
        Assert.False(File.Exists(_run["made"]));
        Assert.Empty(_kernel.Writes);
    }

    [Fact]
    public void A_lease_that_is_a_FIFO_a_folder_or_huge_is_put_aside_and_holds_up_nobody()
    {
        Make.Fifo(LeaseFile);
        Check("a FIFO");
        Directory.CreateDirectory(LeaseFile);
        Check("a folder");
        using (FileStream huge = File.Create(LeaseFile))
        {
            huge.SetLength(8L << 30);
        }

        Check("longer than");
    }

    [Fact]
    public void Another_users_lease_is_not_applied()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can give files away");
        File.WriteAllText(LeaseFile, "{}");
        Make.Own(LeaseFile, 65534);
        Check("belongs to user 65534");
    }

    [Fact]
    public void The_lock_is_closed_to_others_and_the_lease_open()
    {
        using CpufreqScaler scaler = Open();

        Assert.Equal(0x180, Mode("lock"));
        Assert.Equal(0x180, Mode("cpufreq-policy0.lease.json.owner"));
        Assert.Equal(0x1A4, Mode("cpufreq-policy0.lease.json"));
    }

    [Fact]
    public void A_survey_tells_what_is_wrong_with_a_folder()
    {
        Make.Mode(Leases, 0x1FF);
        Assert.Contains("every user may write it", Assert.Single(LeaseSurvey.Read(Leases)).Trouble);
    }

    [Fact]
    public void A_policy_whose_files_hang_holds_up_no_other()
    {
        using ManualResetEventSlim asked = new(), free = new();
        _kernel.WriteError = _ =>
        {
            asked.Set();
            free.Wait();
            return 0;
        };
        Thread hanging = new(() => Open().Dispose()) { IsBackground = true };
        hanging.Start();
        Assert.True(asked.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

        FakeCpufreq other = new("haswell-acpi-cpufreq");
        CpufreqScaler.Open(new CpufreqOptions { Root = FakeCpufreq.Root, Cpu = 1, LeaseFolder = Leases }, new CpufreqTree(FakeCpufreq.Root, other)).Dispose();

        Assert.True(hanging.IsAlive);
        free.Set();
        Assert.True(hanging.Join(TimeSpan.FromSeconds(30)));
        Assert.Equal(["lock"], Directory.GetFiles(Leases).Select(Path.GetFileName));
    }

    [Fact]
    public void One_who_only_looks_for_something_to_restore_is_waited_for()
    {
        using LeaseFolder looker = new(Leases);
        IDisposable mark = looker.TryOwn(0)!;
        Assert.Null(looker.TryOwn(0));
        using Timer leaving = new(_ => mark.Dispose(), null, 50, Timeout.Infinite);

        Open().Dispose();
    }

    private int Mode(string name) => PollScale.Native.FilePermission.TryReadOwner(Path.Combine(Leases, name), out ushort mode, out _, out _) ? mode & 0xFFF : -1;

    private void Check(string why)
    {
        using CpufreqScaler scaler = Open();
        Assert.Contains(why, Assert.Single(scaler.Notes));
        Assert.Contains(".aside-", scaler.Notes[0]);
        Assert.Equal("userspace", _kernel["cpufreq/policy0/scaling_governor"]);
    }

    private CpufreqScaler Open() =>
        CpufreqScaler.Open(new CpufreqOptions { Root = FakeCpufreq.Root, Cpu = 0, LeaseFolder = Leases }, new CpufreqTree(FakeCpufreq.Root, _kernel));
}
