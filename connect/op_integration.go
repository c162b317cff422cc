package connect

import (
	"strings"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// Functions, bots and keys: what an instance lets its flows use.

func (s *Server) associateLambdaFunction(call *Call, in *AssociateLambdaFunctionRequest) (*Empty, error) {
	return s.integrate(call, in.InstanceId, center.AssociateFunction{FunctionARN: *in.FunctionArn})
}

func (s *Server) disassociateLambdaFunction(call *Call, in *DisassociateLambdaFunctionRequest) (*Empty, error) {
	return s.integrate(call, in.InstanceId, center.AssociateFunction{FunctionARN: *in.FunctionArn, Gone: true})
}

// integrate gives a command that answers nothing.
func (s *Server) integrate(call *Call, instance *string, body any) (*Empty, error) {
	sc, err := s.scope(call, instance)
	if err == nil {
		_, err = sc.do(body)
	}
	return &Empty{}, err
}

func (s *Server) listLambdaFunctions(call *Call, in *ListLambdaFunctionsRequest) (*ListLambdaFunctionsResponse, error) {
	part, next, err := s.names(call, in.InstanceId, func(st *center.State) []string { return tandem.SortedKeys(st.Functions) }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListLambdaFunctionsResponse{LambdaFunctions: part, NextToken: next}, nil
}

// names makes one page of the names that look lists in their order.
func (s *Server) names(call *Call, instance *string, look func(st *center.State) []string, maxResults *int32, token *string) ([]string, *string, error) {
	sc, err := s.scope(call, instance)
	if err != nil {
		return nil, nil, err
	}
	var all []string
	err = sc.read(func(st *center.State) error {
		all = look(st)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return page(call, all, func(name string) string { return name }, maxResults, token)
}

// botName is what the center calls a bot: the alias ARN of Lex V2, or the name
// and the region of Lex, joined by a colon.
func botName(v1 *LexBot, v2 *LexV2Bot) (string, error) {
	switch {
	case v1 != nil && v2 == nil:
		if strings.Contains(*v1.Name+*v1.LexRegion, ":") {
			return "", tandem.Errorf(tandem.Invalid, "LexBot", "name and region have no colons")
		}
		return *v1.Name + ":" + *v1.LexRegion, nil
	case v1 == nil && v2 != nil && v2.AliasArn != nil:
		if !isBotARN(*v2.AliasArn) {
			return "", tandem.Errorf(tandem.Invalid, "LexV2Bot.AliasArn", "is not the ARN of a bot's alias")
		}
		return *v2.AliasArn, nil
	}
	return "", tandem.Errorf(tandem.Invalid, "LexBot", "give LexBot or LexV2Bot with its AliasArn, one of them")
}

func isBotARN(name string) bool { return strings.HasPrefix(name, "arn:") }

func (s *Server) associateBot(call *Call, in *AssociateBotRequest) (*Empty, error) {
	return s.integrateBot(call, in.InstanceId, in.LexBot, in.LexV2Bot, false)
}

func (s *Server) disassociateBot(call *Call, in *DisassociateBotRequest) (*Empty, error) {
	return s.integrateBot(call, in.InstanceId, in.LexBot, in.LexV2Bot, true)
}

func (s *Server) associateLexBot(call *Call, in *AssociateLexBotRequest) (*Empty, error) {
	return s.integrateBot(call, in.InstanceId, in.LexBot, nil, false)
}

func (s *Server) disassociateLexBot(call *Call, in *DisassociateLexBotRequest) (*Empty, error) {
	return s.integrateBot(call, in.InstanceId, &LexBot{Name: in.BotName, LexRegion: in.LexRegion}, nil, true)
}

func (s *Server) integrateBot(call *Call, instance *string, v1 *LexBot, v2 *LexV2Bot, gone bool) (*Empty, error) {
	sc, err := s.scope(call, instance)
	if err != nil {
		return nil, err
	}
	name, err := botName(v1, v2)
	if err != nil {
		return nil, err
	}
	_, err = sc.do(center.AssociateBot{Bot: name, Gone: gone})
	return &Empty{}, err
}

// bots lists the bots of Lex V2, or those of Lex.
func bots(v2 bool) func(st *center.State) []string {
	return func(st *center.State) (names []string) {
		for _, name := range tandem.SortedKeys(st.Bots) {
			if isBotARN(name) == v2 {
				names = append(names, name)
			}
		}
		return names
	}
}

func lexBot(name string) LexBot {
	bot, region, _ := strings.Cut(name, ":")
	return LexBot{Name: &bot, LexRegion: &region}
}

func (s *Server) listBots(call *Call, in *ListBotsRequest) (*ListBotsResponse, error) {
	v2 := *in.LexVersion == LexVersionV2
	part, next, err := s.names(call, in.InstanceId, bots(v2), in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &ListBotsResponse{LexBots: []LexBotConfig{}, NextToken: next}
	for _, name := range part {
		if v2 {
			out.LexBots = append(out.LexBots, LexBotConfig{LexV2Bot: &LexV2Bot{AliasArn: &name}})
			continue
		}
		out.LexBots = append(out.LexBots, LexBotConfig{LexBot: new(lexBot(name))})
	}
	return out, nil
}

func (s *Server) listLexBots(call *Call, in *ListLexBotsRequest) (*ListLexBotsResponse, error) {
	part, next, err := s.names(call, in.InstanceId, bots(false), in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &ListLexBotsResponse{LexBots: []LexBot{}, NextToken: next}
	for _, name := range part {
		out.LexBots = append(out.LexBots, lexBot(name))
	}
	return out, nil
}

func (s *Server) associateSecurityKey(call *Call, in *AssociateSecurityKeyRequest) (*AssociateSecurityKeyResponse, error) {
	key := event.SecurityKeySaved{AssociationID: newID(), Key: *in.Key}
	if _, err := s.integrate(call, in.InstanceId, center.SaveSecurityKey{Key: key}); err != nil {
		return nil, err
	}
	return &AssociateSecurityKeyResponse{AssociationId: new(key.AssociationID.String())}, nil
}

func (s *Server) disassociateSecurityKey(call *Call, in *DisassociateSecurityKeyRequest) (*Empty, error) {
	id, err := tandem.ParseID(*in.AssociationId)
	if err != nil {
		return nil, namesNothing("AssociationId")
	}
	return s.integrate(call, in.InstanceId, center.SaveSecurityKey{Key: event.SecurityKeySaved{AssociationID: id, Gone: true}})
}

func (s *Server) listSecurityKeys(call *Call, in *ListSecurityKeysRequest) (*ListSecurityKeysResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	things := func(st *center.State) map[tandem.ID]*event.SecurityKeySaved { return st.SecurityKeys }
	part, next, err := list(sc, things, func(id tandem.ID, k *event.SecurityKeySaved) (SecurityKey, bool) {
		return SecurityKey{AssociationId: new(id.String()), Key: new(k.Key), CreationTime: moment(k.CreatedAt)}, true
	}, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListSecurityKeysResponse{SecurityKeys: part, NextToken: next}, nil
}
