namespace IrtGpu.Kernels.Measuring;

/// <summary>What a machine can do at best, measured: benchmarks set their rates beside it.</summary>
/// <param name="MultiplyAddsPerSecond">Double-precision multiplications with an addition, in independent chains; each counts once.</param>
/// <param name="CopyBytesPerSecond">Bytes copied inside the machine's own memory; each is read once and written once, and counts once.</param>
/// <param name="UploadBytesPerSecond">Bytes copied from page-locked host memory; NaN where there is no other memory.</param>
/// <param name="DownloadBytesPerSecond">Bytes copied to page-locked host memory; NaN where there is no other memory.</param>
internal sealed record MachineLimits(
    double MultiplyAddsPerSecond, double CopyBytesPerSecond, double UploadBytesPerSecond = double.NaN, double DownloadBytesPerSecond = double.NaN);
