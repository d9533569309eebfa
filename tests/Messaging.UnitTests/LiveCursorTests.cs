using CsCheck;
using Platform.Common.V1;
using Platform.Messaging.Live;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class LiveCursorTests
{
    private static readonly Gen<LiveCursor> Cursors =
        from member in Gen.ULong
        from filter in Gen.ULong
        from time in Gen.Long[0, 253_402_300_799_999]
        from floor in Gen.Long[0, long.MaxValue / 2]
        from beyond in Gen.Dictionary(Gen.ULong, Gen.Long[0, long.MaxValue / 4])[0, 20]
        select new LiveCursor(
            member,
            filter,
            DateTimeOffset.FromUnixTimeMilliseconds(time),
            floor,
            beyond.ToDictionary(one => one.Key, one => floor + one.Value)
        );

    [Fact]
    public void Parse_WhatWasWritten_IsTheSame() =>
        Cursors.Sample(cursor =>
        {
            var parsed = LiveCursor.Parse(cursor.ToString());
            Assert.Equal(
                (cursor.MemberKey, cursor.FilterKey, cursor.Time, cursor.Floor),
                (parsed.MemberKey, parsed.FilterKey, parsed.Time, parsed.Floor)
            );
            Assert.Equal(
                cursor.Beyond.OrderBy(one => one.Key),
                parsed.Beyond.OrderBy(one => one.Key)
            );
        });

    [Fact]
    public void Parse_Anything_IsACursorOrRefused() =>
        Gen.OneOf(Gen.String[Gen.Char.AlphaNumeric, 0, 60], Gen.String)
            .Sample(text =>
            {
                try
                {
                    LiveCursor.Parse(text);
                }
                catch (DomainException refusal)
                {
                    Assert.Equal(ErrorReason.InvalidCursor, refusal.Reason);
                }
            });

    [Fact]
    public void Parse_CutAnywhere_IsACursorOrRefused() =>
        Cursors.Sample(cursor =>
        {
            var text = cursor.ToString();
            for (var length = 0; length < text.Length; length++)
            {
                try
                {
                    LiveCursor.Parse(text[..length]);
                }
                catch (DomainException refusal)
                {
                    Assert.Equal(ErrorReason.InvalidCursor, refusal.Reason);
                }
            }
        });
}
