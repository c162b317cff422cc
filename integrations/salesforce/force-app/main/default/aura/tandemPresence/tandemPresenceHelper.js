/*
 * The component stands between the console toolkit of Omni-Channel and a frame
 * of Tandem. It hands each event of the toolkit to the frame, carries out the
 * verbs that the frame asks for, and shows the frame's line to the agent. It
 * decides nothing, and keeps no secret: the agent's session with Tandem is in
 * the frame, where no script of Salesforce can read it.
 */
({
    // What each event of the toolkit tells.
    FIELDS: {
        omniChannelStatusChanged: ["statusId", "statusName", "statusApiName", "channels", "reason"],
        omniChannelLoginSuccess: ["statusId"],
        omniChannelLogout: ["reason"],
        omniChannelWorkAssigned: ["workId", "workItemId"],
        omniChannelWorkAccepted: ["workId", "workItemId"],
        omniChannelWorkDeclined: ["workId", "workItemId"],
        omniChannelWorkClosed: ["workId", "workItemId"],
        omniChannelWorkloadChanged: ["configuredCapacity", "previousWorkload", "newWorkload"],
        omniChannelConnectionError: []
    },

    // The verbs of the toolkit that the frame may ask for, and whether they take
    // the id of a status.
    VERBS: {
        setServicePresenceStatus: true, login: true, logout: false, getServicePresenceStatusId: false,
        getServicePresenceStatusChannels: false, getAgentWorks: false, getAgentWorkload: false
    },

    MAX_WAITING: 100, // events, while the frame is not there
    SHORTEST_PAUSE: 10000, // milliseconds until a frame that is not there is loaded again
    LONGEST_PAUSE: 60000,
    VERB_TIMEOUT: 8000, // milliseconds; Tandem waits for ten seconds

    start: function (cmp) {
        var helper = this;
        var address = (cmp.get("v.address") || "").trim();
        var parts = /^(https?:\/\/[^\/?#]+)\/[^?#]*\/$/.exec(address);
        if (!parts) {
            cmp.set("v.line", "Tandem's address is missing or has no slash at its end. Ask your administrator to set it in the utility item of this app.");
            return;
        }
        var link = { address: address, origin: parts[1], waiting: [], ready: false, tries: 0, timer: null, listener: null };
        link.listener = $A.getCallback(function (message) { helper.receive(cmp, message); });
        cmp.set("v.link", link);
        window.addEventListener("message", link.listener);
        helper.load(cmp);
    },

    stop: function (cmp) {
        var link = cmp.get("v.link");
        if (link) {
            window.removeEventListener("message", link.listener);
            window.clearTimeout(link.timer);
        }
    },

    // load shows the frame, and again after a while if Tandem did not answer. A
    // number at the end of the address makes the browser ask again.
    load: function (cmp) {
        var helper = this, link = cmp.get("v.link");
        link.tries += 1;
        cmp.set("v.frameAddress", link.address + "frame?try=" + link.tries);
        link.timer = window.setTimeout($A.getCallback(function () {
            if (!cmp.isValid() || link.ready) {
                return;
            }
            cmp.set("v.line", "Tandem does not answer. It is tried again by itself.");
            helper.load(cmp);
        }), Math.min(helper.LONGEST_PAUSE, helper.SHORTEST_PAUSE * link.tries));
    },

    // say hands a message to the frame, and to no other origin.
    say: function (cmp, message) {
        var link = cmp.get("v.link");
        message.tandem = "console";
        cmp.find("frame").getElement().contentWindow.postMessage(message, link.origin);
    },

    // receive takes a message of the frame; one of any other origin is not
    // looked at.
    receive: function (cmp, message) {
        var link = cmp.get("v.link"), data = message.data;
        if (!cmp.isValid() || message.origin !== link.origin || !data || data.tandem !== "frame") {
            return;
        }
        if (data.type === "ready") {
            this.greet(cmp);
        } else if (data.type === "command") {
            this.carryOut(cmp, data.command);
        } else if (data.type === "line") {
            this.show(cmp, data);
        }
    },

    greet: function (cmp) {
        var helper = this, link = cmp.get("v.link");
        link.ready = true;
        window.clearTimeout(link.timer);
        helper.say(cmp, { type: "hello", user: $A.get("$SObjectType.CurrentUser.Id") });
        link.waiting.splice(0).forEach(function (event) { helper.say(cmp, { type: "event", event: event }); });
    },

    // tell hands an event of the toolkit to the frame.
    tell: function (cmp, name, event) {
        var link = cmp.get("v.link"), told = { name: name };
        this.FIELDS[name].forEach(function (field) {
            var value = event.getParam(field);
            if (value !== undefined && value !== null) {
                told[field] = value;
            }
        });
        if (name === "omniChannelLogout") {
            this.showStatus(cmp, "Offline");
        } else if (told.statusName) {
            this.showStatus(cmp, told.statusName);
        }
        if (!link) {
            return;
        }
        if (link.ready) {
            this.say(cmp, { type: "event", event: told });
            return;
        }
        link.waiting.push(told);
        if (link.waiting.length > this.MAX_WAITING) {
            link.waiting.shift();
        }
    },

    // carryOut does a verb of the toolkit and says what came of it.
    carryOut: function (cmp, command) {
        var helper = this, said = false;
        var answer = $A.getCallback(function (result) {
            if (said || !cmp.isValid()) {
                return;
            }
            said = true;
            result.type = "result";
            result.command = command.id;
            helper.say(cmp, result);
        });
        if (!Object.prototype.hasOwnProperty.call(helper.VERBS, command.verb)) {
            answer({ ok: false, message: "this component has no verb " + command.verb });
            return;
        }
        var timer = window.setTimeout(function () {
            answer({ ok: false, message: "Omni-Channel timed out" });
        }, helper.VERB_TIMEOUT);
        helper.call(cmp, command).then($A.getCallback(function (result) {
            window.clearTimeout(timer);
            answer(helper.resultOf(cmp, result));
        })).catch($A.getCallback(function (problem) {
            window.clearTimeout(timer);
            answer({ ok: false, message: helper.reasonOf(problem) });
        }));
    },

    // call calls the toolkit, whose absence is a refusal too.
    call: function (cmp, command) {
        var takesStatus = this.VERBS[command.verb];
        return new Promise(function (resolve) {
            var toolkit = cmp.find("omniToolkit");
            resolve(takesStatus ? toolkit[command.verb]({ statusId: command.statusId }) : toolkit[command.verb]());
        });
    },

    // resultOf picks what Tandem needs of an answer. Some verbs answer with true
    // or false alone.
    resultOf: function (cmp, result) {
        if (result === false) {
            return { ok: false, message: "Omni-Channel said no" };
        }
        var told = result && typeof result === "object" ? result : {};
        if (told.statusName) {
            this.showStatus(cmp, told.statusName);
        }
        return {
            ok: true, statusId: told.statusId, statusName: told.statusName,
            configuredCapacity: told.configuredCapacity, currentWorkload: told.currentWorkload
        };
    },

    reasonOf: function (problem) {
        return String(problem && problem.message || problem || "Omni-Channel gave no reason").slice(0, 400);
    },

    // show shows the frame's line, the frame while it has something to press, and
    // marks the utility item while the agent is needed.
    show: function (cmp, said) {
        cmp.set("v.line", String(said.text));
        cmp.set("v.frameClass", said.button ? "frame" : "frame quiet");
        var bar = cmp.find("utilityBar");
        if (bar && bar.setUtilityHighlighted) {
            bar.setUtilityHighlighted({ highlighted: said.attention === true }).catch(function () { /* not in a utility bar */ });
        }
    },

    showStatus: function (cmp, name) { cmp.set("v.status", "Omni-Channel: " + name); }
})
