({
    onInit: function (cmp, event, helper) { helper.start(cmp); },
    onDestroy: function (cmp, event, helper) { helper.stop(cmp); },

    onStatusChanged: function (cmp, event, helper) { helper.tell(cmp, "omniChannelStatusChanged", event); },
    onLoginSuccess: function (cmp, event, helper) { helper.tell(cmp, "omniChannelLoginSuccess", event); },
    onLogout: function (cmp, event, helper) { helper.tell(cmp, "omniChannelLogout", event); },
    onWorkAssigned: function (cmp, event, helper) { helper.tell(cmp, "omniChannelWorkAssigned", event); },
    onWorkAccepted: function (cmp, event, helper) { helper.tell(cmp, "omniChannelWorkAccepted", event); },
    onWorkDeclined: function (cmp, event, helper) { helper.tell(cmp, "omniChannelWorkDeclined", event); },
    onWorkClosed: function (cmp, event, helper) { helper.tell(cmp, "omniChannelWorkClosed", event); },
    onWorkloadChanged: function (cmp, event, helper) { helper.tell(cmp, "omniChannelWorkloadChanged", event); },
    onConnectionError: function (cmp, event, helper) { helper.tell(cmp, "omniChannelConnectionError", event); }
})
