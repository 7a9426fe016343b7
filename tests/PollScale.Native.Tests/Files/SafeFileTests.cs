using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Native;
using Xunit;

namespace PollScale.Tests.Native;

public sealed class SafeFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_regular_file_is_read_whole()
    {
        File.WriteAllText(_folder["file"], new string('x', 10_000));
        foreach (FileTrust trust in Enum.GetValues<FileTrust>())
        {
            Assert.Equal(10_000, SafeFile.Read(_folder["file"], 10_000, trust).Length);
        }

        Assert.Contains("longer than 9999", Assert.Throws<UnsafeFileException>(() => SafeFile.Read(_folder["file"], 9_999)).Message);
        Assert.Throws<FileNotFoundException>(() => SafeFile.Read(_folder["none"], 10));
    }

    [Theory]
    [InlineData(FileTrust.Anyone)]
    [InlineData(FileTrust.NotEverybody)]
    [InlineData(FileTrust.OnlyUs)]
    public void What_is_no_regular_file_is_refused_at_once(object of)
    {
        FileTrust trust = (FileTrust)of;
        Make.Fifo(_folder["fifo"]);
        Directory.CreateDirectory(_folder["folder"]);
        Assert.Contains("a FIFO", Refused("fifo"));
        Assert.Contains("folder", Refused("folder"));
        Assert.Contains("a device", Assert.Throws<UnsafeFileException>(() => SafeFile.Read("/dev/zero", 100, trust)).Message);
        Assert.Throws<UnsafeFileException>(() => SafeFile.OpenAppend(_folder["fifo"], 0x180, trust)); // no reader either

        string Refused(string name) => Assert.Throws<UnsafeFileException>(() => SafeFile.Read(_folder[name], 100, trust)).Message;
    }

    [Fact]
    public void A_link_is_followed_only_where_its_maker_is_trusted()
    {
        File.WriteAllText(_folder["victim"], "precious");
        File.CreateSymbolicLink(_folder["link"], _folder["victim"]);
        Assert.Contains("symbolic link", Assert.Throws<UnsafeFileException>(() => SafeFile.Read(_folder["link"], 100)).Message);
        Assert.Contains("symbolic link", Assert.Throws<UnsafeFileException>(() => SafeFile.OpenAppend(_folder["link"], 0x180)).Message);
        Assert.Equal("precious"u8, SafeFile.Read(_folder["link"], 100, FileTrust.OnlyUs));
        Assert.Equal("precious"u8, SafeFile.Read(_folder["link"], 100, FileTrust.NotEverybody));

        File.CreateSymbolicLink(_folder["loop"], _folder["loop"]);
        Assert.Throws<UnsafeFileException>(() => SafeFile.Read(_folder["loop"], 100, FileTrust.OnlyUs));
    }

    [Fact]
    public void What_everybody_may_write_is_refused_with_the_remedy()
    {
        File.WriteAllText(_folder["file"], "x");
        Make.Mode(_folder["file"], 0x1B6); // 0666
        Assert.Single(SafeFile.Read(_folder["file"], 100));
        Assert.Contains("chmod o-w " + _folder["file"], Assert.Throws<UnsafeFileException>(() => SafeFile.Read(_folder["file"], 100, FileTrust.NotEverybody)).Message);
        Assert.Contains("chmod o-w " + _folder["file"], Assert.Throws<UnsafeFileException>(() => SafeFile.Read(_folder["file"], 100, FileTrust.OnlyUs)).Message);

        Make.Mode(_folder["file"], 0x1A4);
        Make.Mode(_folder.Path, 0x1FF);
        Assert.Contains("chmod o-w " + _folder.Path, Assert.Throws<UnsafeFileException>(() => SafeFile.Read(_folder["file"], 100, FileTrust.OnlyUs)).Message);
        Assert.Contains("chmod o-w " + _folder.Path, Assert.Throws<UnsafeFileException>(() => SafeFile.Read(_folder["file"], 100, FileTrust.NotEverybody)).Message);
    }

    [Fact]
    public void A_file_with_a_second_name_is_not_written()
    {
        File.WriteAllText(_folder["victim"], "precious");
        Make.HardLink(_folder["victim"], _folder["log"]);
        Assert.Contains("2 names", Assert.Throws<UnsafeFileException>(() => SafeFile.OpenAppend(_folder["log"], 0x180)).Message);
    }

    [Fact]
    public void Appending_makes_the_file_with_the_mode_and_keeps_what_is_there()
    {
        for (int i = 0; i < 2; i++)
        {
            using FileStream stream = new(SafeFile.OpenAppend(_folder["log"], 0x180, FileTrust.OnlyUs), FileAccess.Write, 1);
            stream.Write("line\n"u8);
        }

        Assert.Equal("line\nline\n", File.ReadAllText(_folder["log"]));
        Assert.True(FilePermission.TryReadOwner(_folder["log"], out ushort mode, out _, out _));
        Assert.Equal(0x180, mode & 0xFFF);
    }

    [Fact]
    public void Another_users_file_in_a_folder_of_all_is_not_trusted()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can give files away");
        string shared = _folder["shared"], file = Path.Combine(shared, "file");
        Directory.CreateDirectory(shared);
        File.WriteAllText(file, "x");
        Make.Own(file, 65534);
        Make.Mode(shared, 0x3FF); // as /tmp
        Assert.Contains("may have put it there", Assert.Throws<UnsafeFileException>(() => SafeFile.Read(file, 100, FileTrust.NotEverybody)).Message);
        Assert.Contains("may have put it there", Assert.Throws<UnsafeFileException>(() => SafeFile.Read(file, 100, FileTrust.OnlyUs)).Message);

        Make.Mode(shared, 0x1ED);
        Assert.Single(SafeFile.Read(file, 100, FileTrust.NotEverybody));
        Assert.Contains("chown", Assert.Throws<UnsafeFileException>(() => SafeFile.Read(file, 100, FileTrust.OnlyUs)).Message);
    }
}
