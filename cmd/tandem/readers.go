package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file:// buckets

	"tandem/cmd/tandem/config"
	"tandem/engine"
	"tandem/view/agentevent"
	"tandem/view/audit"
	"tandem/view/erase"
	"tandem/view/flowlog"
	"tandem/view/lately"
	"tandem/view/notice"
	"tandem/view/record"
	"tandem/view/statustime"
)

// viewsFile is the file of the readers' tables in the data folder.
const viewsFile = "views.db"

// readers are the readers of the journal and what they write to.
type readers struct {
	views  *engine.Views
	events *agentevent.View
	flows  *flowlog.View
	bucket *blob.Bucket
}

// openReaders opens the readers' tables, the file of agent events and the
// bucket of recordings.
func openReaders(ctx context.Context, cfg config.Config, log *slog.Logger) (*readers, error) {
	bucket, err := blob.OpenBucket(ctx, cfg.BlobURL())
	if err != nil {
		return nil, fmt.Errorf("open the bucket %s: %w", cfg.BlobURL(), err)
	}
	path := cfg.AgentEvents
	if path == "" {
		path = filepath.Join(cfg.Data, "agent-events.jsonl")
	}
	r := &readers{bucket: bucket, events: agentevent.New(path, log), flows: flowlog.New(time.Duration(cfg.FlowLogDays) * 24 * time.Hour)}
	r.views, err = engine.OpenViews(filepath.Join(cfg.Data, viewsFile), record.New(), r.events, notice.New(), lately.New(), audit.New(), erase.New(bucket, log), statustime.New(), r.flows)
	if err != nil {
		return nil, errors.Join(err, bucket.Close())
	}
	return r, nil
}

func (r *readers) close() error {
	return errors.Join(r.views.Close(), r.events.Close(), r.bucket.Close())
}
