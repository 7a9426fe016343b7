using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using PollScale.Notation;
using Xunit;

namespace PollScale.Tests.Notation;

public class NotationTests
{
    private const long Second = 1_000_000_000_000;

    [Theory]
    [InlineData("500us", 500_000_000L)]
    [InlineData("2m", 120 * Second)]
    [InlineData("1.5h", 5400 * Second)]
    [InlineData("20 ms", 20_000_000_000L)]
    [InlineData("1MS", 1_000_000_000L)]
    [InlineData("1e3ns", 1_000_000L)]
    [InlineData("0.001ns", 1L)]
    [InlineData("0", 0L)]
    [InlineData("0s", 0L)]
    [InlineData("100.0h", 360_000 * Second)]
    public void Times_are_read(string text, long picoseconds)
    {
        Assert.True(TimeText.TryRead(text, out long read));
        Assert.Equal(picoseconds, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("+1s")]
    [InlineData(" 1s")]
    [InlineData("1s ")]
    [InlineData("1 ")]
    [InlineData("1e300s")]
    [InlineData("99999999999999999999999999999999h")]
    [InlineData("2401h")]
    [InlineData("1d")]
    [InlineData("1,5s")]
    [InlineData("1.2.3s")]
    [InlineData("1s2")]
    [InlineData("NaNs")]
    [InlineData("\u0661s")]
    public void What_is_no_time_is_refused(string text) => Assert.False(TimeText.TryRead(text, out long _));

    [Fact]
    public void A_time_reads_back_from_its_text() => Prop.ForAll<ulong>(bits =>
    {
        long time = (long)(bits % 8_640_000_000_000_000_000UL);
        return TimeText.TryRead(TimeText.Format(time), out long back) && back == time;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void A_span_is_its_time_and_back() => Prop.ForAll<int>(ticks =>
    {
        TimeSpan span = TimeSpan.FromTicks(Math.Abs((long)ticks));
        return TimeText.ToSpan(TimeText.Of(span)) == span;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("250", true, 250)]
    [InlineData("250ns", true, 250)]
    [InlineData("1.5us", true, 1500)]
    [InlineData("us", false, 0)]
    public void A_number_alone_counts_in_its_options_unit(string text, bool valid, double count)
    {
        Assert.Equal(valid, TimeText.TryReadIn(text, 1000, out double read));
        Assert.Equal(count, read);
    }

    [Theory]
    [InlineData("3Mpps", 3e6)]
    [InlineData("1.5kpps", 1500)]
    [InlineData("7PPS", 7)]
    [InlineData("50%", 5e5)]
    [InlineData("0", 0)]
    public void Rates_are_read(string text, double rate)
    {
        Assert.True(RateText.TryRead(text, 1e6, out double read));
        Assert.Equal(rate, read);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("3Gpps")]
    [InlineData("50%")]
    [InlineData("1e999Mpps")]
    [InlineData("Mpps")]
    public void What_is_no_rate_is_refused(string text) => Assert.False(RateText.TryRead(text, double.NaN, out _));

    [Fact]
    public void A_rate_reads_back_to_the_bit() => Prop.ForAll<uint, byte>((number, part) =>
    {
        double rate = number / (part + 1.0);
        return RateText.TryRead(RateText.Format(rate, 3.39e6), 3.39e6, out double back) && back == rate;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("1gib", 1L << 30)]
    [InlineData("4096", 4096)]
    [InlineData("1.5MiB", -1)]
    [InlineData("2049GiB", -1)]
    [InlineData("5MB", -1)]
    public void Sizes_are_read(string text, long bytes)
    {
        bool valid = SizeText.TryRead(text, 2L << 40, out long read);
        Assert.Equal(bytes >= 0, valid);
        Assert.Equal(Math.Max(0, bytes), read);
    }

    [Theory]
    [InlineData("2.4GHz", 2_400_000)]
    [InlineData("2400 mhz", 2_400_000)]
    [InlineData("1kHz", 1)]
    public void Frequencies_are_read(string text, double kHz)
    {
        Assert.True(ClockText.TryRead(text, out double read));
        Assert.Equal(kHz, read);
    }

    [Theory]
    [InlineData(nameof(Quantity.Share), "93%", 0.93)]
    [InlineData(nameof(Quantity.Percent), "80%", 80)]
    [InlineData(nameof(Quantity.Percent), "80", 80)]
    [InlineData(nameof(Quantity.PacketsPerSecond), "3e6", 3e6)]
    [InlineData(nameof(Quantity.PacketsPerSecond), "3Mpps", 3e6)]
    [InlineData(nameof(Quantity.RateOrNone), "none", double.PositiveInfinity)]
    [InlineData(nameof(Quantity.FactorOrMax), "max", double.PositiveInfinity)]
    [InlineData(nameof(Quantity.Count), "2e1", 20)]
    public void Quantities_are_read_by_their_kind(string quantity, string text, double value)
    {
        Assert.True(QuantityText.TryRead(Enum.Parse<Quantity>(quantity), text, 1e6, out double read));
        Assert.Equal(value, read, 12);
    }

    [Fact]
    public void Any_text_is_read_or_refused_the_same_in_every_culture() => Prop.ForAll<string?>(text =>
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        foreach (string one in (string[])[text ?? "", $"{text}1.5ms", "1,5ms", "1.5ms"])
        {
            bool plain = QuantityText.TryRead(Quantity.Time, one, 1, out double first);
            CultureInfo.CurrentCulture = comma;
            bool other = QuantityText.TryRead(Quantity.Time, one, 1, out double second);
            CultureInfo.CurrentCulture = before;
            if (plain != other || !first.Equals(second))
            {
                return false;
            }
        }

        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_spec_is_taken_apart_and_put_together()
    {
        Assert.Equal(("a", null), SpecText.Split(" a "));
        Assert.Equal(("a", "b=1,c"), SpecText.Split("a:b=1,c"));
        Assert.Equal([("b", "1=2"), (null, "c"), ("", "3")], SpecText.Parts(" b = 1=2,c,=3"));
        Assert.Equal("a:b=1,c=2", SpecText.With(SpecText.With("a", "b", "1"), "c", "2"));
    }
}
