package luma

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of a list.
const (
	defaultLimit = 100
	mostLimit    = 100
	mostOffset   = dialect.MaxSkip
)

// lumaGenerations is the answer of a list.
type lumaGenerations struct {
	Generations []lumaGeneration `json:"generations" doc:"The account's generations, newest first, whatever call made them."`
	HasMore     bool             `json:"has_more" doc:"Whether more follow."`
	Count       int              `json:"count" doc:"How many there are in this answer."`
	Limit       int              `json:"limit" doc:"The limit of the request."`
	Offset      int              `json:"offset" doc:"The offset of the request."`
}

func (c calls) list(w http.ResponseWriter, r *http.Request) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Read)
	var limit, offset int
	if err == nil {
		limit, offset, err = decodePage(dialect.Query{Values: r.URL.Query()})
	}
	var all []task.Task
	if err == nil {
		all, err = dialect.Skip(r.Context(), c.gw, who, task.Query{}, offset, limit+1, nil)
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	out := lumaGenerations{Generations: []lumaGeneration{}, HasMore: len(all) > limit, Limit: limit, Offset: offset}
	links := c.Origin.Links(r, c.gw)
	for _, t := range all[:min(limit, len(all))] {
		out.Generations = append(out.Generations, generationOf(t, links))
	}
	out.Count = len(out.Generations)
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(out))
}

// decodePage reads the parameters of a list. Others are ignored.
func decodePage(q dialect.Query) (limit, offset int, err error) {
	limit, offset = q.Int("limit", defaultLimit, 1, mostLimit), q.Int("offset", 0, 0, mostOffset)
	return limit, offset, q.Err()
}
