package org.openingminute.gateway.problem;

import org.openingminute.gateway.GatewaySettings;
import tools.jackson.databind.json.JsonMapper;

/** Gives tests in other packages a writer of problems. */
public final class TestProblems {

    private TestProblems() {}

    public static ProblemWriter writer() {
        return new ProblemWriter(JsonMapper.shared(), TestPages.of(GatewaySettings.Mode.DEPLOYED));
    }
}
