using System.Diagnostics;
using System.Text.Json;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Shared.Tool;

/// <summary>`hoststub serve --json` as a program of its own.</summary>
internal sealed class ServeProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "hoststub");
    private readonly Process _process;
    private readonly Task<string> _error;

    public ServeProcess(params string[] arguments) : this(new Dictionary<string, string>(), arguments)
    {
    }

    /// <summary>Starts it as a service manager does.</summary>
    /// <param name="environment">Variables set for it; NOTIFY_SOCKET and its like are not passed on from here.</param>
    /// <param name="arguments">Arguments after "serve --json".</param>
    public ServeProcess(IReadOnlyDictionary<string, string> environment, params string[] arguments)
        : this(new ProcessStartInfo(s_program, ["serve", "--json", .. Apart(arguments)]), environment)
    {
    }

    private ServeProcess(ProcessStartInfo info, IReadOnlyDictionary<string, string> environment)
    {
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        foreach (string variable in (string[])["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"])
        {
            info.Environment.Remove(variable);
        }

        foreach ((string name, string value) in environment)
        {
            info.Environment[name] = value;
        }

        _process = Process.Start(info)!;
        _error = _process.StandardError.ReadToEndAsync();
        Start = Next("start");
    }

    /// <summary>Starts it with descriptors as a service manager hands them over: from 3 on, by name.</summary>
    /// <param name="descriptors">Names and descriptors of this process.</param>
    /// <param name="environment">Variables set for it.</param>
    /// <param name="arguments">Arguments after "serve --json".</param>
    public static ServeProcess Given(IReadOnlyList<(string Name, int Fd)> descriptors, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        const int First = 700; // out of the way of all others
        string away = string.Concat(descriptors.Select((given, i) => $" {First + i}<&{given.Fd}")), back = string.Concat(descriptors.Select((_, i) => $" {3 + i}<&{First + i}"));
        string closed = string.Concat(descriptors.Select((given, i) => given.Fd >= 3 + descriptors.Count ? $" {First + i}<&- {given.Fd}<&-" : $" {First + i}<&-"));
        string script = $"{(descriptors.Count > 0 ? $"exec{away}; exec{back}; exec{closed}; " : "")}export LISTEN_PID=$$ LISTEN_FDS={descriptors.Count} LISTEN_FDNAMES={string.Join(':', descriptors.Select(given => given.Name))}; exec \"$@\"";
        foreach ((_, int fd) in descriptors)
        {
            Assert.Equal(0, LibC.fcntl(fd, LibC.F_SETFD, 0)); // inherited
        }

        return new ServeProcess(new ProcessStartInfo("bash", ["-c", script, "bash", s_program, "serve", "--json", .. Apart(arguments)]), environment);
    }

    /// <summary>The line that it began with.</summary>
    public JsonElement Start { get; }

    /// <summary>Its process id.</summary>
    public int Pid => _process.Id;

    /// <summary>The next line of a kind.</summary>
    public JsonElement Next(string kind)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (_process.StandardOutput.ReadLine() is string line)
        {
            JsonElement element = JsonDocument.Parse(line).RootElement;
            if (element.GetProperty("type").GetString() == kind)
            {
                return element;
            }

            Assert.True(time.Elapsed < s_patience, $"hoststub says nothing of \"{kind}\"; last: {line}");
        }

        throw new InvalidOperationException($"hoststub ended without \"{kind}\": {_error.Result}");
    }

    // Tests run at once, and would all have the machine's one control socket.
    private static string[] Apart(string[] arguments) => arguments.Contains("--control") ? arguments : ["--control", "off", .. arguments];

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => Assert.Equal(0, LibC.kill(_process.Id, signal));

    /// <summary>Sends a signal.</summary>
    /// <returns>False when it has ended.</returns>
    public bool TrySignal(int signal) => !_process.HasExited && LibC.kill(_process.Id, signal) == 0;

    /// <summary>Reads the rest of its report.</summary>
    public void DiscardOutput() => _process.StandardOutput.ReadToEnd();

    /// <summary>Sends SIGHUP.</summary>
    /// <returns>What the reload came to.</returns>
    public string Reload()
    {
        Signal(1);
        return Next("change").GetProperty("message").GetString()!;
    }

    /// <summary>Ends it by SIGTERM.</summary>
    /// <param name="told">What standard error holds then; nothing else may.</param>
    /// <returns>Its first channel as it was at the end.</returns>
    public JsonElement End(string told = "")
    {
        Signal(LibC.SIGTERM);
        JsonElement end = Next("summary");
        Assert.Equal(("ok", 0), (end.GetProperty("status").GetString(), end.GetProperty("exit_code").GetInt32()));
        Assert.Equal((0, told), WaitForEnd());
        return end.GetProperty("channels")[0];
    }

    /// <summary>Ends it by SIGTERM, with status 0.</summary>
    /// <returns>What it told on standard error.</returns>
    public string EndTelling()
    {
        Signal(LibC.SIGTERM);
        Next("summary");
        (int status, string told) = WaitForEnd();
        Assert.Equal(0, status);
        return told;
    }

    /// <summary>Waits for its end.</summary>
    public (int Status, string Error) WaitForEnd()
    {
        Assert.True(_process.WaitForExit(s_patience), "hoststub does not end.");
        return (_process.ExitCode, _error.Result);
    }

    /// <summary>The next notice that holds some words.</summary>
    public string Notice(string words)
    {
        while (true)
        {
            string message = Next("notice").GetProperty("message").GetString()!;
            if (message.Contains(words, StringComparison.Ordinal))
            {
                return message;
            }
        }
    }

    /// <summary>Ends it by SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        Assert.True(_process.WaitForExit(s_patience), "hoststub outlives SIGKILL.");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
