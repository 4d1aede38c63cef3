using System.Security.Cryptography;
using System.Text;
using IrtGpu.Data;
using IrtGpu.Data.Reading;

namespace IrtGpu.Tests.Data.Reading;

public sealed class ResponseReaderTests : TableFixture
{
    private const byte Na = ResponseData.Missing;

    [Fact]
    public void Plain_table_is_read()
    {
        ResponseData data = Read("q1,q2\n0,1\n1,0\n1,NA\n");
        Assert.Equal(["q1", "q2"], data.ItemNames);
        Assert.Equal([0, 1, 1, 0, 1, Na], data.Responses.ToArray());
        Assert.Equal(3, data.PersonCount);
        Assert.All(data.CategoryCodes, codes => Assert.Equal([0, 1], codes));
        Assert.Null(data.Weights);
        Assert.Null(data.Ids);
        Assert.Null(data.Groups);
        Assert.Null(data.KnownClasses);
        Assert.Equal([""], data.GroupNames);
        Assert.Empty(data.Warnings);
    }

    [Theory]
    [InlineData("a\tb\n0\t1\n1\t0\n")]
    [InlineData("a;b\n0;1\n1;0\n")]
    [InlineData("a,b\r\n0,1\r\n1,0\r\n")]
    [InlineData("a,b\r0,1\r1,0\r")]
    [InlineData("a,b\n0,1\n1,0")]
    [InlineData("a,b\n0,1\r\n1,0\r")]
    [InlineData("\uFEFFa,b\n0,1\n1,0\n")]
    [InlineData("\"a\",\"b\"\n\"0\",\"1\"\n\"1\",\"0\"\n")]
    [InlineData(" a , b \n 0 , 1\n1 ,0 \n")]
    [InlineData("a,b\n0.0,1.\n+1,-0\n")]
    [InlineData("a,b\n00,01\n1,0\n")]
    public void Dialects_read_alike(string text)
    {
        ResponseData data = Read(text);
        Assert.Equal(["a", "b"], data.ItemNames);
        Assert.Equal([0, 1, 1, 0], data.Responses.ToArray());
        Assert.Empty(data.Warnings);
    }

    [Fact]
    public void Quoted_names_and_ids_may_hold_anything()
    {
        ResponseData data = Read(
            "id,\"item, \"\"one\"\"\",\"two\nlines\"\n\"a,b\",0,1\n\"c \"\"d\"\"\r\ne\",1,0\nÅse,1,1\n",
            new ResponseReaderOptions { IdColumn = "id" });
        Assert.Equal(["item, \"one\"", "two\nlines"], data.ItemNames);
        Assert.Equal(["a,b", "c \"d\"\r\ne", "Åse"], data.Ids!);
        Assert.Equal([0, 1, 1, 0, 1, 1], data.Responses.ToArray());
    }

    [Fact]
    public void Quote_inside_a_bare_field_is_text()
    {
        ResponseData data = Read("id,q1\n5\" nail,0\nx\"y\"z,1\n", new ResponseReaderOptions { IdColumn = "id" });
        Assert.Equal(["5\" nail", "x\"y\"z"], data.Ids!);
    }

    [Theory]
    [InlineData("data.csv.gz")]
    [InlineData("data.csv")]
    public void Gzip_is_read_directly_and_hashed_as_it_lies_on_disk(string name)
    {
        byte[] packed = Compress(Encoding.UTF8.GetBytes("a,b\n0,1\n1,0\n"));
        ResponseData data = ResponseReader.Read(Write(packed, name), new ResponseReaderOptions(), TestContext.Current.CancellationToken);
        Assert.Equal([0, 1, 1, 0], data.Responses.ToArray());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(packed)), data.Sha256);
    }

    [Fact]
    public void Gzip_of_several_members_is_read_to_its_end()
    {
        byte[] packed = [.. Compress("a,b\n0,"u8.ToArray()), .. Compress("1\n1,0\n"u8.ToArray())];
        Assert.Equal([0, 1, 1, 0], ResponseReader.Read(Write(packed), new ResponseReaderOptions(), TestContext.Current.CancellationToken).Responses.ToArray());
    }

    [Fact]
    public void Hash_covers_every_byte_of_the_file()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("\uFEFFa\r\n0\r\n1\r\n\r\n");
        ResponseData data = ResponseReader.Read(Write(bytes), new ResponseReaderOptions(), TestContext.Current.CancellationToken);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), data.Sha256);
    }

    [Fact]
    public void Codes_are_ordered_as_numbers_whatever_their_size()
    {
        int[] codes = [-2147483648, -300, -8, -1, 0, 7, 9, 10, 99, 255, 256, 1000, 2147483647];
        int[] shuffled = [10, 256, 0, 1000, -8, 7, 2147483647, 99, -300, 9, -2147483648, 255, -1];
        ResponseData data = Read("q\n" + string.Join('\n', shuffled) + "\n");
        Assert.Equal(codes, data.CategoryCodes[0]);
        Assert.Equal(shuffled, data.Responses.ToArray().Select(category => data.CategoryCodes[0][category]));
    }

    [Fact]
    public void Item_may_have_254_categories()
    {
        ResponseData data = Read("q\n" + string.Join('\n', Enumerable.Range(1, 254).Reverse()));
        Assert.Equal(Enumerable.Range(1, 254), data.CategoryCodes[0]);
        Assert.Equal(Enumerable.Range(0, 254).Reverse().Select(category => (byte)category), data.Responses.ToArray());
    }

    [Fact]
    public void Items_have_their_own_maps()
    {
        ResponseData data = Read("a,b\n1,20\n2,10\n5,20\n");
        Assert.Equal([1, 2, 5], data.CategoryCodes[0]);
        Assert.Equal([10, 20], data.CategoryCodes[1]);
        Assert.Equal([0, 1, 1, 0, 2, 1], data.Responses.ToArray());
    }

    [Fact]
    public void Usual_missing_codes_are_missing() =>
        Assert.Equal([Na, Na, Na, Na, Na, 0, 1], Read("x,q\n1,\n0,NA\n1,NaN\n0,.\n1,\"\"\n0,0\n1,1\n").Responses.ToArray().Where((_, i) => i % 2 == 1));

    [Fact]
    public void Own_missing_codes_replace_the_usual_ones_but_blank_stays()
    {
        var options = new ResponseReaderOptions { MissingCodes = ["9", "-99", "skip"] };
        ResponseData data = Read("x,q\n1,\n0,9\n1,9.0\n0,-99\n1,skip\n0,0\n1,1\n", options);
        Assert.Equal([Na, Na, Na, Na, Na, 0, 1], data.Responses.ToArray().Where((_, i) => i % 2 == 1));
        Assert.Equal([0, 1], data.CategoryCodes[1]);
        AssertSingle(Fail("x,q\n1,NA\n0,0\n1,1\n", options), 2, "q", "'NA'", "--missing");
    }

    [Fact]
    public void Columns_play_their_parts()
    {
        ResponseData data = Read(
            "who,sex,w,q1,known,age,q2\np1,F,1,0,10,33,1\np2,M,2.5,1,,41,0\np3,F,1e1,1,9,NA,0\n",
            new ResponseReaderOptions { IdColumn = "who", GroupColumn = "sex", WeightColumn = "w", ClassColumn = "known", Covariates = ["age"] });
        Assert.Equal(["q1", "q2"], data.ItemNames);
        Assert.Equal(["p1", "p2", "p3"], data.Ids!);
        Assert.Equal(["F", "M"], data.GroupNames);
        Assert.Equal([0, 1, 0], data.Groups!);
        Assert.Equal([1, 2.5, 10], data.Weights!);
        Assert.Equal(["9", "10"], data.ClassNames);
        Assert.Equal([1, -1, 0], data.KnownClasses!);
    }

    [Fact]
    public void Groups_keep_the_order_of_appearance_and_classes_are_sorted()
    {
        ResponseData data = Read(
            "g,c,q\nz,b,0\na,NA,1\nz,a,1\n", new ResponseReaderOptions { GroupColumn = "g", ClassColumn = "c" });
        Assert.Equal(["z", "a"], data.GroupNames);
        Assert.Equal([0, 1, 0], data.Groups!);
        Assert.Equal(["a", "b"], data.ClassNames);
        Assert.Equal([1, -1, 0], data.KnownClasses!);
    }

    [Fact]
    public void One_group_has_a_name_but_no_numbers()
    {
        ResponseData data = Read("g,q\nA,0\nA,1\n", new ResponseReaderOptions { GroupColumn = "g" });
        Assert.Equal(["A"], data.GroupNames);
        Assert.Null(data.Groups);
    }

    [Fact]
    public void Items_option_selects_and_the_rest_may_hold_text()
    {
        ResponseData data = Read("q1,note,q2,q3\n0,fine,1,0\n1,\"so, so\",0,1\n", new ResponseReaderOptions { Items = "q*,!q3" });
        Assert.Equal(["q1", "q2"], data.ItemNames);
        Assert.Equal([0, 1, 1, 0], data.Responses.ToArray());
    }

    [Fact]
    public void Key_scores_any_text()
    {
        string key = Write("item,key\nq1,B\nq2,3\nq3,\"a,b\"\n", "key.csv");
        ResponseData data = Read("q1,q2,q3\nB,3,\"a,b\"\nb,3.0,x\n,1,NA\nA,NA,\"a,b\"\n", new ResponseReaderOptions { KeyPath = key });
        Assert.Equal([1, 1, 1, 1, 1, 0, Na, 0, Na, 0, Na, 1], data.Responses.ToArray());
        Assert.All(data.CategoryCodes, codes => Assert.Equal([0, 1], codes));
        Assert.Empty(data.Warnings);
    }

    [Fact]
    public void New_data_are_coded_as_the_fit_coded_them()
    {
        var fit = new Dictionary<string, int[]> { ["q2"] = [1, 2, 5], ["q1"] = [0, 1] };
        ResponseData data = Read("q1,q2\n1,5\n1,1\n", new ResponseReaderOptions { ExpectedCategoryCodes = fit });
        Assert.Equal(["q2", "q1"], data.ItemNames);
        Assert.Equal([2, 1, 0, 1], data.Responses.ToArray());
        Assert.Equal([1, 2, 5], data.CategoryCodes[0]);
        Assert.Empty(data.Warnings);
    }

    [Fact]
    public void Cancelled_reading_stops() =>
        Assert.ThrowsAny<OperationCanceledException>(() => ResponseReader.Read(Write("q\n0\n1\n"), new ResponseReaderOptions(), new CancellationToken(true)));
}
