using PollScale.HostStub.Report.Html;
using PollScale.Native;
using PollScale.Programs;
using Xunit;

namespace PollScale.HostStub.Tests.Report.Html;

public sealed class PageFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pollscale-page-").FullName;

    private string At => Path.Combine(_folder, "report.html");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_takes_its_name_when_it_is_whole()
    {
        File.WriteAllText(At, "before");
        using (PageFile file = new(At))
        {
            Assert.Equal("before", File.ReadAllText(At));
            file.Write(Pages.Run(10, 10));
        }

        Assert.StartsWith("<!doctype html>", File.ReadAllText(At), StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", File.ReadAllText(At), StringComparison.Ordinal);
        Assert.Equal([At], Directory.GetFiles(_folder));
        Assert.Equal(0, FileFacts.At(At)!.Value.Mode & 0b010_111); // of others nobody reads it
    }

    [Fact]
    public void Without_a_page_nothing_is_left()
    {
        new PageFile(At).Dispose();

        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void What_cannot_be_written_is_refused_with_words()
    {
        File.CreateSymbolicLink(At, "/etc/hostname");

        Refused("takes the path of a file", "");
        Refused("takes the path of a file", "a\0b");
        Refused("it is a folder", _folder);
        Refused("it is a symbolic link", At);
        Refused("it is a device", "/dev/null");
        Refused("directory that exists", Path.Combine(_folder, "none", "x.html"));
        Assert.Equal([At], Directory.GetFiles(_folder));
    }

    private static void Refused(string words, string path) => Assert.Contains(words, Assert.Throws<UsageException>(() => new PageFile(path)).Message, StringComparison.Ordinal);
}
