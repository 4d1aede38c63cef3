using System.IO.Compression;
using System.Text;
using IrtGpu.Tests.Cli;

namespace IrtGpu.Tests.Fuzzing;

/// <summary>Small sound inputs of every kind, and the targets that read them.</summary>
public sealed class FuzzCorpus : IDisposable
{
    private const string Answers =
        """
        id,g,w,c,q1,q2,q3,p1
        a,A,1,,0,1,0,2
        b,A,2,x,1,1,1,1
        "c, d",B,1,,1,0,NA,0
        e,B,3,,0,0,1,2
        f,A,1,x,1,0,0,1
        h,B,2,,0,1,1,0
        """;

    private const string Words =
        """
        q1;q2;q3;p1
        A;b;"C";B
        B;b;A;C

        A;c;C;B
        """;

    private const string Rows =
        """
        y,x,g,h
        1.5,0.1,A,u
        2.5,0.4,A,v
        0.5,0.2,B,u
        3.5,0.9,B,v
        2.0,0.3,C,u
        1.0,0.8,C,v
        2.2,0.7,A,u
        0.1,0.6,C,v
        """;

    private const string Model =
        """
        model: {"q*": 2pl, p1: gpcm}
        classes: 1
        equal-across-groups: all
        free-items: q2
        reference-group: A
        scores: {p1: [0, 1, 2]}
        constraints:
          - {items: "q1,q2", parameter: a1, equal: true}
          - {items: q3, parameter: d, fixed: 0.5, group: B}
        population:
          - {parameter: mean, group: B, start: 0.7}
          - {parameter: sd, fixed: 1.1}
        priors:
          - "q*:d:normal(0,2)"
          - {items: p1, parameter: a1, distribution: lognormal, a: 0, b: 0.5}
        quadrature: {rule: rectangular, nodes: 7, range: [-4, 4]}
        codes: {q1: ["0", [1, yes]], p1: ["0", "1", "2"]}
        data: {id: id, group: g, weight: w, items: "q*,p1", missing: ["", NA], blank: "q*=wrong"}
        """;

    private const string Drawn =
        """
        model: {"q*": 2pl, "p*": gpcm}
        items: {q1: 2, q2: 2, q3: [1, 2], p1: 3}
        groups: {A: 2, B: 1}
        classes: 2
        parameters:
          q1: {a1: 1.2, d: -0.5}
          q2: {a1: 0.9, d: 0.5}
          q3: {a1: 1.5, d: 0}
          p1: {a1: 0.8, d1: 0.4, d2: 0.1}
        population:
          - {parameter: mean, group: B, start: 0.7}
        """;

    private static readonly string[] Formulas =
        ["y ~ x + (1 | g)", "y ~ x * h + (x || g)", "I(y/10) ~ poly(x, 2) + (1 | g:h) - 1", "y ~ 0 + offset(x) + (1 + x | g/h)", "`y` ~ log(x)"];

    private static readonly string[] OptionLines =
    [
        "--model=q*=2pl;p1=grm\n--id=id\n--group=g\n--weight=w\n--class=c\n--classes=2\n--nodes=7",
        "--items=q1-q3,p1\n--missing=NA,2\n--model=3pl\n--prior=*:g:beta(5,17)\n--prior=q1:a1:lognormal(0,0.5)\n--range=-4,4",
        "--covariates=id,g,w,c\n--attributes=2\n--quadrature=gauss-hermite\n--nodes=5\n--se=louis\n--rotate=varimax\n--scores=map",
        "--id=id\n--group=g\n--covariates=w,c\n--equal-across-groups=none\n--free-items=q1\n--equal-across-classes=all\n--tolerance=1e-3\n--m-iterations=2\n--accelerate=squarem\n--seed=3\n--nodes=7\n--e-step=tables",
    ];

    private static readonly string[] RegressOptionLines =
        ["--ml\n--tolerance=1e-8\n--max-cycles=20\n--df=none\n--se=none", "--weights=x\n--id=h\n--missing=u\n--algorithm=em\n--max-cycles=20", "--df=kenward-roger\n--bootstrap=3\n--seed=2\n--fitted"];

    private static readonly string[] FitFolders = ["fit", "plane", "rasch", "worded"];

    private const string Lines =
        """
        y,x,h,k
        4.400,0.00,u,a
        0.330,0.66,v,
        0.095,0.99,u,b
        3.158,0.84,v,a
        0.535,0.27,u,
        -0.205,-0.43,v,b
        4.517,-0.92,u,a
        -0.489,-0.95,v,
        0.139,-0.52,u,b
        3.849,0.17,v,a
        -0.013,0.77,u,
        0.480,1.00,v,b
        3.666,0.73,u,a
        0.076,0.11,v,
        -0.686,-0.57,u,b
        4.944,-0.97,v,a
        -0.046,-0.89,u,
        -0.156,-0.37,v,b
        3.271,0.33,u,a
        0.401,0.87,v,
        0.889,0.98,u,b
        3.428,0.61,v,a
        -0.429,-0.06,u,
        -0.392,-0.70,v,b

        """;

    private static readonly string[] Priors =
        ["b:x:class1:normal(0,2)", "b:student_t(3,-1.5,2)", "sigma:class2:constant(0.7)", "theta:dirichlet(1,2)", "Intercept:class2:uniform(-5,1e3)", "theta:beta(2,2)", "sigma:inv_gamma(3,1)", "~ h + I(x^2)"];

    private static readonly string[] Calibrate =
        ["calibrate", "FILE", "--out", "OUT", "--nodes", "7", "--range=-4,4", "--max-cycles", "2", "--se", "none", "--scores", "none", "--starts", "1", "--threads", "1", "--device", "cpu", "--report", "none"];

    private readonly CommandFolder folder = new();

    public FuzzCorpus()
    {
        folder.Write("answers.csv", Answers);
        folder.Write("words.csv", Words);
        folder.Write("rows.csv", Rows);
        folder.Write("lines.csv", Lines);
        folder.Write("model.yaml", Drawn);
        folder.Write("key.csv", "item,key\nq1,A\nq2,b\nq3,C\np1,B\n");
        Run("calibrate", "answers.csv", "--id", "id", "--group", "g", "--weight", "w", "--class", "c", "--classes", "2", "--out", "fit", "--nodes", "7", "--range=-4,4", "--max-cycles", "2", "--prior", "*:d*:normal(0,2)", "--starts", "1");
        Run("calibrate", "words.csv", "--codes", "q*,p1=A,B,C", "--blank", "q*=wrong", "--nodes", "7", "--range=-4,4", "--max-cycles", "2", "--out", "worded");
        folder.Write("q.csv", "item,x,y\nq1,1,0\nq2,1,1\nq3,0,1\np1,0,1\n");
        Run("calibrate", "answers.csv", "--id", "id", "--covariates", "g,w,c", "--q-matrix", "q.csv", "--model", "q1=3pl;q2,q3=2pl;p1=nominal", "--quadrature", "gauss-hermite", "--nodes", "5", "--max-cycles", "2", "--out", "plane");
        Run("calibrate", "answers.csv", "--id", "id", "--group", "g", "--covariates", "w,c", "--model", "q*=rasch;p1=grm", "--nodes", "7", "--range=-4,4", "--max-cycles", "2", "--out", "rasch");
        Run("regress", "y ~ x + (1 | g)", "rows.csv", "--out", "regression");
        Run("regress", "y ~ poly(x, 2) + factor(h) + (x || g) - 1", "rows.csv", "--out", "bent");
        Run("regress", "y ~ poly(x, 2)", "lines.csv", "--classes", "2", "--class-formula", "~ h", "--equal-across-classes", "sigma", "--prior", "b:normal(0,3)", "--starts", "2", "--out", "mixture");
    }

    /// <summary>All targets.</summary>
    internal IReadOnlyList<FuzzTarget> Targets()
    {
        byte[] answers = Bytes(Answers);
        byte[][] tables = [answers, Bytes(Answers.Replace(',', '\t').Replace("\n", "\r\n", StringComparison.Ordinal)), Bytes("q1,q2,p1\n0,1,2\n1,1,0\n0,0,1\n1,0,2\n")];
        string[] options = ["--id", "id", "--group", "g", "--weight", "w", "--class", "c", "--classes", "2"];
        byte[][] fits = [.. FitFolders.Select(name => File.ReadAllBytes(folder.PathOf($"{name}/calibration.json")))];
        byte[][] itemTables = [.. FitFolders.Select(name => File.ReadAllBytes(folder.PathOf($"{name}/items.csv")))];
        byte[][] regressions = [File.ReadAllBytes(folder.PathOf("regression/regression.json")), File.ReadAllBytes(folder.PathOf("bent/regression.json"))];
        byte[][] specifications = [Bytes(Model), Bytes("model: rasch\nattributes: [x, y]\nq-matrix: {q1: x, q2: [x, y], q3: y, p1: [1, 0]}\n"), Bytes("{model: 3pl, items: q*, attributes: 2}\n"), Bytes(Drawn)];
        byte[][] formulas = [.. Formulas.Select(Bytes)];
        string[] mix = ["--out", "OUT", "--report", "none", "--max-cycles", "5", "--starts", "2", "--threads", "1"];
        string[] regress = ["--out", "OUT", "--report", "none", "--max-cycles", "5", "--df", "none", "--threads", "1"];
        return
        [
            new("responses", "data.csv", tables, [Calibrate, [.. Calibrate, .. options], [.. Calibrate, "--model", "p1=grm", "--missing", "NA,2"], [.. Calibrate, "--id", "id", "--sampling-weight", "w", "--covariates", "g,c", "--blank", "wrong", "--codes", "0,1,2"], ["score", "@fit/calibration.json", "FILE", "--out", "OUT.csv", "--id", "id", "--group", "g", "--threads", "1", "--method", "wle"]]),
            new("packed responses", "data.csv.gz", tables, [Calibrate, [.. Calibrate, .. options]]) { Pack = Compress },
            new("damaged gzip", "data.csv.gz", [.. tables.Select(Compress)], [Calibrate]),
            new("answers in words", "words.csv", [Bytes(Words), Bytes(Words.Replace(';', '\t'))], [Calibrate, [.. Calibrate, "--codes", "a,B,C,d", "--blank", "q1=wrong"], [.. Calibrate, "--key", "@key.csv", "--blank", "wrong"], ["score", "@worded/calibration.json", "FILE", "--out", "OUT.csv", "--threads", "1"]]),
            new("codes in a table", "codes.csv", [Bytes("item,code,category\nq*,a,0\nq*,b,1\nq*,C,1\np1,A,2\np1,B,5\np1,C,\n"), Bytes("item;code;category\n*;A;-1\n*;B;0\n*;C;7\n")], [[.. On("words.csv"), "--codes", "FILE"]]),
            new("codes and blanks", "codes.txt", [Bytes("A,B,C"), Bytes("q*=A,B,C;p1=\"C\",B,A"), Bytes("wrong"), Bytes("q1-q3=wrong;p1=missing")], [[.. On("words.csv"), "--codes", "TEXT"], [.. On("words.csv"), "--codes", "A,B,C", "--blank", "TEXT"], [.. On("answers.csv"), "--items", "q*", "--codes", "TEXT"]]),
            new("answer key", "key.csv", [Bytes("item,key\nq1,A\nq2,b\nq3,C\np1,B\n"), Bytes("item,key\nq1,A|B\nq2,b/C\nq3,C\nq3,A\np1,\"B, C\"\n"), Bytes("key;item\r\nA;q1\r\nb;q2\r\n")], [[.. On("words.csv"), "--key", "FILE"]]),
            new("Q-matrix", "q.csv", [Bytes("item,x,y\nq1,1,0\nq2,1,1\nq3,0,1\np1,0,1\n"), Bytes("item;x\nq1;1\nq2;1\nq3;1\np1;1\n")], [[.. On("answers.csv"), "--id", "id", "--covariates", "g,w,c", "--q-matrix", "FILE"]]),
            new("testlets", "t.csv", [Bytes("item,testlet\nq1,x\nq2,x\nq3,x\np1,\n"), Bytes("testlet;item\ny;q1\n;p1\ny;q3\n")], [[.. On("answers.csv"), "--id", "id", "--covariates", "g,w,c", "--testlet", "FILE"]]),
            new("target of rotation", "t.csv", [Bytes("item,F1,F2\nq1,,0\nq2,0,\nq3,0.7,-.1\np1,,0\n"), Bytes("F1;item;F2\n0;q1;\n;p1;1\n")], [[.. On("answers.csv"), "--id", "id", "--covariates", "g,w,c", "--attributes", "2", "--target", "FILE"]]),
            new("anchors in a table", "items.csv", itemTables, [[.. On("answers.csv"), .. options, "--anchors", "FILE"], [.. On("answers.csv"), "--covariates", "id,g,w,c", "--anchors", "FILE"]]),
            new("anchors in a fit", "calibration.json", fits, [[.. On("answers.csv"), .. options, "--anchors", "FILE"]]),
            new("start", "calibration.json", fits, [[.. On("answers.csv"), .. options, "--start", "FILE"]]),
            new("specification", "model.yaml", specifications, [[.. On("answers.csv"), "--spec", "FILE"], [.. On("answers.csv"), .. options, "--spec", "FILE"]]),
            new("specification of a simulation", "model.yaml", specifications, [["simulate", "FILE", "--persons", "5", "--out", "OUT.csv", "--truth", "OUT-truth.csv", "--threads", "1"]]),
            new("fit that scores", "calibration.json", fits, [["score", "FILE", "@answers.csv", "--id", "id", "--group", "g", "--out", "OUT.csv", "--threads", "1", "--device", "cpu"]]),
            new("fit that simulates", "calibration.json", fits, [["simulate", "FILE", "--persons", "5", "--out", "OUT.csv", "--threads", "1"]]),
            new("options of a calibration", "options.txt", [.. OptionLines.Select(Bytes)], [["calibrate", "@answers.csv", "--out", "OUT", "--max-cycles", "2", "--starts", "1", "--threads", "1", "--device", "cpu", "--report", "none", "LINES"]]),
            new("options of a regression", "options.txt", [.. RegressOptionLines.Select(Bytes)], [["regress", "y ~ x + (1 | g)", "@rows.csv", "--out", "OUT", "--report", "none", "--threads", "1", "LINES"]]),
            new("formula", "formula.txt", formulas, [["regress", "TEXT", "@rows.csv", .. regress]]),
            new("rows of a regression", "rows.csv", [Bytes(Rows)], [["regress", "y ~ x + h + (1 | g)", "FILE", .. regress], ["score", "@regression/regression.json", "FILE", "--out", "OUT.csv"], ["score", "@bent/regression.json", "FILE", "--out", "OUT.csv"], ["simulate", "@regression/regression.json", "--data", "FILE", "--out", "OUT.csv"]]),
            new("rows of a mixture", "rows.csv", [Bytes(Lines)], [["regress", "y ~ x", "FILE", "--classes", "2", "--equal-across-classes", "sigma", .. mix], ["regress", "y ~ x", "FILE", "--classes", "2", "--class", "k", .. mix], ["score", "@mixture/regression.json", "FILE", "--out", "OUT.csv"], ["simulate", "@mixture/regression.json", "--data", "FILE", "--out", "OUT.csv", "--truth", "OUT-truth.csv"]]),
            new("priors", "priors.txt", [.. Priors.Select(Bytes)], [["regress", "y ~ x", "@lines.csv", "--classes", "2", "--prior", "TEXT", "--prior", "sigma:gamma(2,2)", .. mix], ["regress", "y ~ x", "@lines.csv", "--classes", "2", "--class-formula", "TEXT", .. mix], ["simulate", "y ~ x", "--data", "@lines.csv", "--prior", "TEXT", "--prior", "sigma:gamma(2,2)", "--prior", "Intercept:normal(0,1)", "--out", "OUT.csv"]]),
            new("saved mixture", "regression.json", [File.ReadAllBytes(folder.PathOf("mixture/regression.json"))], [["score", "FILE", "@lines.csv", "--out", "OUT.csv"], ["simulate", "FILE", "--data", "@lines.csv", "--out", "OUT.csv", "--parameters", "OUT-parameters.csv"], ["simulate", "FILE", "--data", "@lines.csv", "--from", "prior", "--out", "OUT.csv"], ["compare", "FILE", "@regression/regression.json"]]),
            new("saved regression", "regression.json", regressions, [["score", "FILE", "@rows.csv", "--out", "OUT.csv"], ["simulate", "FILE", "--data", "@rows.csv", "--out", "OUT.csv", "--truth", "OUT-truth.csv"], ["compare", "FILE", "@regression/regression.json"]]),
        ];
    }

    /// <summary>The full path of one of the sound files.</summary>
    public string PathOf(string name) => folder.PathOf(name);

    public void Dispose() => folder.Dispose();

    private static string[] On(string file) => [.. Calibrate.Select(argument => argument == "FILE" ? "@" + file : argument)];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Compress(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private void Run(params string[] arguments)
    {
        (int exitCode, _, string error) = folder.Run(arguments);
        if (exitCode is not (0 or 4))
            throw new InvalidOperationException($"irtgpu {string.Join(' ', arguments)}: {error}");
    }
}
