using System.Diagnostics;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Guests;
using PollScale.Programs;
using PollScale.Tests.Shared;

namespace PollScale.HostStub.Tests.Guests;

/// <summary>`hoststub guest` on a policy of one guest with every kind of channel, in a folder whose name a shell and QEMU must be told with care.</summary>
internal sealed class GuestLab : IDisposable
{
    private readonly TemporaryTree _tree = new();

    public GuestLab(string? vcpus = null, string more = "", string name = "a guest", string folder = "it's, a=b")
    {
        Directory.CreateDirectory(At(folder));
        Folder = At(folder);
        Policy = _tree.Write("policy.yaml", $"""
            version: 1
            guests:
              - name: "{name}"
                control: true
                fastest: 1
                slowest: 4
                process: {At("qemu.pid")}
            {more}
                vcpus:
            {vcpus ?? $"""
                  - {"{"}vcpu: 0, pcpu: 900, channel: {"{"}debugcon: "{Folder}/d0"{"}}"}
                  - {"{"}vcpu: 1, pcpu: 901, channel: {"{"}connect: "{Folder}/c1"{"}}"}
                  - {"{"}vcpu: 3, pcpu: 903, channel: {"{"}listen: "{Folder}/l3"{"}}"}
            """}

            """);
        Name = name;
    }

    public string Name { get; }

    public string Policy { get; }

    /// <summary>Where its sockets are.</summary>
    public string Folder { get; }

    public string At(string name) => $"{_tree.Root}/{name}";

    /// <summary>Runs the command.</summary>
    public (int Code, string Output, string Error) Run(params string[] arguments)
    {
        StringWriter output = new(), error = new();
        int code = new HostStubCommand(_ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, output, error)
        {
            Guest = new GuestLauncher(output).Run,
        }.Invoke(["guest", Name, "--policy", Policy, .. arguments]);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a program to its end.</summary>
    public static (int Code, string Output) Run(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo info = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string variable, string value) in environment ?? new Dictionary<string, string>())
        {
            info.Environment[variable] = value;
        }

        using Process process = Process.Start(info)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    public void Dispose() => _tree.Dispose();
}
