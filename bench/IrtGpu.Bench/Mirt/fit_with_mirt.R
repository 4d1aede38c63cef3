# Run by the suite "mirt". Without arguments: prints the versions of R and mirt, and the BLAS in use.
# With a folder: fits its model at each tolerance, and leaves there summary.csv and estimates-1.csv, estimates-2.csv, ...
#   data.csv       responses with a header; the first column is the group where settings.dcf says so
#   settings.dcf   ItemType, Tolerances, Nodes, Low, High, Cycles, Repeats, Classes, HasGroups
#   model.txt      syntax of mirt.model
#   starts.csv     group, item, name, value: starting values in place of mirt's own; need not be there

if (!requireNamespace("mirt", quietly = TRUE)) {
  cat("no mirt\n")
  quit(status = 3)
}
suppressPackageStartupMessages(library(mirt))

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) == 0) {
  cat(R.version.string, "\n", as.character(packageVersion("mirt")), "\n", extSoftVersion()[["BLAS"]], "\n", sep = "")
  quit(status = 0)
}

path <- function(name) file.path(arguments[1], name)
settings <- as.list(read.dcf(path("settings.dcf"))[1, ])
number <- function(name) as.numeric(settings[[name]])
data <- read.csv(path("data.csv"), check.names = FALSE)
has_groups <- settings$HasGroups == "yes"
responses <- as.matrix(if (has_groups) data[, -1] else data)

fit <- function(tolerance, ...) {
  common <- list(
    responses, mirt.model(paste(readLines(path("model.txt")), collapse = "\n")), itemtype = settings$ItemType,
    SE = FALSE, verbose = FALSE, quadpts = number("Nodes"), TOL = tolerance,
    technical = list(NCYCLES = number("Cycles"), theta_lim = c(number("Low"), number("High"))), ...)
  if (has_groups) {
    free <- c("slopes", "intercepts", "free_means", "free_var")
    return(do.call(multipleGroup, c(common, list(group = as.character(data[[1]]), invariance = free))))
  }
  if (number("Classes") > 1)
    return(do.call(multipleGroup, c(common, list(dentype = paste0("mixture-", settings$Classes)))))
  do.call(mirt, common)
}

starts <- NULL
if (file.exists(path("starts.csv"))) {
  given <- read.csv(path("starts.csv"))
  starts <- fit(1e-4, pars = "values")
  place <- match(paste(given$group, given$item, given$name), paste(starts$group, starts$item, starts$name))
  starts$value[place] <- given$value
}
estimate <- function(tolerance) if (is.null(starts)) fit(tolerance) else fit(tolerance, pars = starts)

invisible(mirt(expand.table(LSAT7), 1, verbose = FALSE)) # so that nothing is loaded while the clock runs

tolerances <- as.numeric(strsplit(settings$Tolerances, " ")[[1]])
summary <- NULL
for (k in seq_along(tolerances)) {
  whole <- em <- numeric(0)
  while (length(whole) < number("Repeats") && sum(whole) < 20) {
    seconds <- system.time(model <- estimate(tolerances[k]))[["elapsed"]]
    parts <- extract.mirt(model, "time")
    whole <- c(whole, seconds)
    em <- c(em, parts[["Estep"]] + parts[["Mstep"]])
  }
  middle <- order(whole)[(length(whole) + 1) %/% 2]
  values <- mod2values(model)
  values <- values[values$est, ]
  write.csv(
    data.frame(group = values$group, item = values$item, name = values$name, value = sprintf("%.17g", values$value)),
    path(paste0("estimates-", k, ".csv")), row.names = FALSE, quote = FALSE)
  summary <- rbind(summary, data.frame(
    whole = whole[middle], em = em[middle], cycles = extract.mirt(model, "iterations"),
    converged = as.integer(extract.mirt(model, "converged")),
    log_likelihood = sprintf("%.17g", extract.mirt(model, "logLik")), log_prior = sprintf("%.17g", extract.mirt(model, "logPrior"))))
}
write.csv(summary, path("summary.csv"), row.names = FALSE, quote = FALSE)
