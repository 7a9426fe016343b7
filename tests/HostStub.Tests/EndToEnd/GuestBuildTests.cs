using System.Text.RegularExpressions;
using System.Xml.Linq;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Run;
using Xunit;

namespace PollScale.HostStub.Tests.EndToEnd;

/// <summary>How the guest is linked: by Debian's gcc whatever else is installed, and users are told to do the same.</summary>
public partial class GuestBuildTests
{
    private static readonly Dictionary<string, string> s_pins = new() { ["CppCompilerAndLinker"] = "gcc", ["LinkerFlavor"] = "bfd", ["ObjCopyName"] = "objcopy" };

    private const string Settings = "Samples/StaticGuest/StaticGuest.targets";

    [Theory]
    [InlineData("Samples/QueueScaler/queuescaler.csproj")]
    [InlineData("tests/GuestProbe/guestprobe.csproj")]
    public void Each_guest_is_built_by_the_same_settings(string project)
    {
        XDocument text = XDocument.Parse(Text(project));
        Assert.Contains(text.Descendants("Import"), import => ((string?)import.Attribute("Project"))!.EndsWith(@"StaticGuest\StaticGuest.targets", StringComparison.Ordinal));
        Assert.Empty(Names(text).Intersect(Names(XDocument.Parse(Text(Settings)))));
    }

    [Fact]
    public void The_settings_pin_compiler_linker_and_objcopy()
    {
        Dictionary<string, string> project = Project();
        Assert.All(s_pins, pin => Assert.Equal(pin.Value, project.GetValueOrDefault(pin.Key)));
    }

    [Fact]
    public void The_line_that_users_are_given_links_as_the_guests_are()
    {
        string page = Text("docs/getting-started.md"), line = page[page.IndexOf("\ndotnet publish -c Release -r linux-x64", StringComparison.Ordinal)..];
        Dictionary<string, string> project = Project(), told = Property().Matches(line[..line.IndexOf("```", StringComparison.Ordinal)]).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

        Assert.All(s_pins.Keys, pin => Assert.Contains(pin, told.Keys));
        Assert.All(told, property => Assert.Equal(property.Value, project.GetValueOrDefault(property.Key)));
    }

    private static Dictionary<string, string> Project() =>
        (from file in (string[])["Directory.Build.props", Settings]
         from property in XDocument.Parse(Text(file)).Descendants("PropertyGroup").Elements()
         group property.Value by property.Name.LocalName).ToDictionary(values => values.Key, values => values.Last());

    private static IEnumerable<string> Names(XDocument text) => text.Descendants("PropertyGroup").Elements().Select(property => property.Name.LocalName);

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(RepositoryFiles.Find(file));
        }
        catch (GuestSetupException)
        {
            Assert.Skip("The repository is not here: only the compiled tests are.");
            throw;
        }
    }

    [GeneratedRegex(@"-p:(\w+)=(\S+)")]
    private static partial Regex Property();
}
