using System.Reflection;

namespace PollScale.HostStub.Lifetime;

/// <summary>This program, to be started as another process by the file that it was started from.</summary>
internal static class OwnProgram
{
    /// <summary>Program and arguments of it.</summary>
    public static (string Program, string[] Arguments) With(params ReadOnlySpan<string> arguments) => From(Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "hoststub"), arguments);

    /// <summary>The same for a process started from a file, with hoststub's own start in another, if it is there.</summary>
    public static (string Program, string[] Arguments) From(string process, string start, params ReadOnlySpan<string> arguments)
    {
        // dotnet hoststub.dll: the start beside the .dll may find no runtime where this one was told of its own.
        bool byDotnet = Path.GetFileNameWithoutExtension(process) == "dotnet" || !File.Exists(start);
        return byDotnet ? (process, [Assembly.GetExecutingAssembly().Location, .. arguments]) : (start, [.. arguments]);
    }

    /// <summary>Its version.</summary>
    public static string Version { get; } =
        (typeof(OwnProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];
}
