using System.Text;
using PollScale.Lab.Image;

namespace PollScale.Lab.Machine;

/// <summary>One boot of a machine, for a scenario of several jobs.</summary>
public sealed class LabSession
{
    /// <summary>How many times longer than on a machine with nothing else to do a job may take: limits are there for what hangs.</summary>
    internal const int Patience = 4;

    private static int s_jobs;
    private readonly Qemu _qemu;

    internal LabSession(Qemu qemu) => _qemu = qemu;

    /// <summary>Runs a job: a shell script with the commands of commands.sh. What it leaves in the background goes on.</summary>
    /// <param name="script">At most 3 KiB: the serial port holds no more.</param>
    /// <param name="seconds">Most that it takes on a machine with nothing else to do.</param>
    /// <exception cref="LabException">The machine failed.</exception>
    public LabResult Run(string script, int seconds = 60)
    {
        int id = Interlocked.Increment(ref s_jobs);
        string job = $"{id} {seconds * Patience}", text = Convert.ToBase64String(Encoding.UTF8.GetBytes(script));
        _qemu.Ask($"{job} {Qemu.Checksum($"{job} {text}")} {text}");
        return Answer(_qemu, seconds, id);
    }

    /// <summary>Devices of the machine, as they are reached from outside.</summary>
    internal QemuDevices Devices => _qemu.Devices;

    /// <summary>Waits for a job's end.</summary>
    /// <exception cref="LabException">It was stopped at its limit, or the machine failed.</exception>
    internal static LabResult Answer(Qemu qemu, int seconds, int id = 0)
    {
        const int Slack = 20;
        string answer = qemu.Receive($"{{\"id\":{id},", TimeSpan.FromSeconds((seconds * Patience) + Slack));
        LabResult result = LabResult.Parse(answer);
        return result.WasStopped ? throw new LabException($"The job did not end within {seconds * Patience} s. It printed:\n{result}\n{qemu.Tail()}")
            : result.LostGuest ? throw new LabException($"A VM was lost:\n{result}\n{qemu.Tail()}")
            : result;
    }
}
