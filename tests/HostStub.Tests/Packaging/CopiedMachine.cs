using System.Diagnostics;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Packaging;

/// <summary>
/// This machine's Debian with all that is written to it kept in memory: packages are installed and removed there, daemons started, and all ends with the script. The repository is there to be read.
/// </summary>
internal static class CopiedMachine
{
    // The unit of the package, as far as systemd is needed to start it, and its journal.
    private const string Systemctl = """
        #!/bin/sh
        [ "$1" = enable ] || exit 0
        mkdir -p /run/pollscale /var/log/pollscale
        $(sed -n 's/^ExecStart=//p' /lib/systemd/system/hoststub.service /etc/systemd/system/hoststub.service.d/*.conf | tail -n 1) >/run/journal 2>&1 &
        until grep -q '"type":"start"' /run/journal; do sleep 0.1; done
        """;

    private const string Make = """
        mount -t tmpfs none "$0"
        cd "$0"
        mkdir upper work root
        mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
        for folder in dev sys; do mount --rbind /$folder root/$folder; done
        mount -t proc proc root/proc
        mount -t tmpfs none root/run
        mkdir -p "root/$1"
        mount --rbind -o ro "$1" "root/$1"
        printf '%s\n' "$3" >root/usr/local/sbin/systemctl
        printf '#!/bin/sh\ncat /run/journal\n' >root/usr/local/sbin/journalctl
        chmod +x root/usr/local/sbin/*ctl
        exec chroot root env HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin sh -ec "$2"
        """;

    /// <summary>Skips the test where this user can make none.</summary>
    public static void Require()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Packages are installed by root.");
        (int status, string told) = Start("true");
        Assert.SkipUnless(status == 0, $"This machine gives no overlay of its own files: {told.Trim()}");
    }

    /// <summary>Runs a script there; it must succeed.</summary>
    /// <returns>What it wrote.</returns>
    public static string Run(string script)
    {
        (int status, string told) = Start(script);
        Assert.True(status == 0, $"The script ended with {status}:\n{told}");
        return told;
    }

    private static (int Status, string Told) Start(string script)
    {
        using TemporaryFolder folder = new();
        string[] arguments = ["180", "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", Make, folder.Path, Checkout.Root!, script, Systemctl];
        using Process process = Process.Start(new ProcessStartInfo("timeout", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
