# Run by the suite "mixtures". Without arguments: prints the versions of R and flexmix, and the BLAS in use.
# "fit FILE FORMULA CLASSES STARTS": fits from random starts, and prints the log-likelihood, seconds, iterations of the best run.

if (!requireNamespace("flexmix", quietly = TRUE)) {
  cat("no flexmix\n")
  quit(status = 3)
}
suppressPackageStartupMessages(library(flexmix))

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) == 0) {
  cat(R.version.string, "\n", as.character(packageVersion("flexmix")), "\n", extSoftVersion()[["BLAS"]], "\n", sep = "")
  quit(status = 0)
}
data <- read.csv(arguments[2])
set.seed(1)
seconds <- system.time(fit <- initFlexmix(as.formula(arguments[3]), data = data, k = as.integer(arguments[4]), nrep = as.integer(arguments[5]),
  control = list(iter.max = 2000, tolerance = 1e-10, minprior = 0), verbose = FALSE))[["elapsed"]]
cat(format(as.numeric(logLik(fit)), digits = 16), seconds, fit@iter, "\n")
