// Package bot carries out the wish that a bot is asked ([center.AskBot]) and
// tells the core what it answered ([center.BotAnswered]).
//
// A bot is named by its alias ARN or by name, region and alias, as in Amazon
// Connect, and is one of three kinds ([Bot]): a file with words, digits and
// questions, which is decided here; a URL that gets the turn as JSON; or a bot
// in Amazon Lex V2. All answer in one shape (Amazon Lex API: RecognizeText,
// response), which is also how a dialogue is remembered: each turn gets the
// answer of the one before.
package bot
