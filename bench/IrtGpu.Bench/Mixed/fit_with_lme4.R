# Run by the suite "mixed". Without arguments: prints the versions of R and lme4, and the BLAS in use.
# "data FILE": writes lme4's data set InstEval as a table.
# "fit FILE FORMULA ML|REML REPEATS FACTORS": fits, and prints -2 log-likelihood (or the REML criterion), median seconds, evaluations.

if (!requireNamespace("lme4", quietly = TRUE)) {
  cat("no lme4\n")
  quit(status = 3)
}
suppressPackageStartupMessages(library(lme4))

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) == 0) {
  cat(R.version.string, "\n", as.character(packageVersion("lme4")), "\n", extSoftVersion()[["BLAS"]], "\n", sep = "")
  quit(status = 0)
}
if (arguments[1] == "data") {
  write.csv(InstEval[, c("s", "d", "dept", "service", "y")], arguments[2], row.names = FALSE, quote = FALSE)
  quit(status = 0)
}
data <- read.csv(arguments[2])
for (name in strsplit(arguments[6], ",")[[1]]) data[[name]] <- factor(data[[name]])
seconds <- numeric(0)
for (k in seq_len(as.integer(arguments[5]))) {
  seconds[k] <- system.time(fit <- lmer(as.formula(arguments[3]), data, REML = arguments[4] == "REML",
    control = lmerControl(calc.derivs = FALSE)))[["elapsed"]]
}
value <- if (arguments[4] == "REML") REMLcrit(fit) else -2 * as.numeric(logLik(fit))
cat(format(value, digits = 16), median(seconds), fit@optinfo$feval, "\n")
