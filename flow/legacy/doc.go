// Package legacy reads and writes the files of Amazon Connect's console: flows
// that were exported to be imported elsewhere (Amazon Connect Administrator
// Guide: Import/export flows).
//
// There are two forms. The newer one is the flow language itself, with the
// flow's name and the places of its blocks under Metadata. The older one, which
// the console wrote until about 2021 and still reads, lists modules with
// parameters and branches; no API ever took it. Import reads both and converts
// the older one to the language, block by block, saying for each what became of
// it. Export writes the newer one.
//
// A file names queues, prompts and other resources by the ARN they had where it
// was written. A Resolver finds them where the flow is to run: by the ARN, else
// by name. What it does not find stands as a placeholder in the flow, which can
// be saved but not published.
package legacy
