package org.openingminute.local;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * One process of the system: how it is started, and how one sees that it is ready.
 *
 * @param name what it is called in commands, in its command line and in the name of its log file
 * @param needs parts that have to be ready before it is started for the first time
 * @param command program and arguments
 * @param environment all the variables that it gets besides the few that every process needs
 * @param readiness whether it is ready to work
 * @param stopSignal what asks it to end properly
 * @param preparation is done before each start
 */
record Part(
        String name,
        List<Part> needs,
        List<String> command,
        Map<String, String> environment,
        Readiness readiness,
        String stopSignal,
        Preparation preparation) {

    /** Asked again and again until it says yes or the process ends. A failure counts as "not yet". */
    @FunctionalInterface
    interface Readiness {
        boolean isReady() throws Exception;
    }

    /** Makes what the process needs and finds missing. */
    @FunctionalInterface
    interface Preparation {
        void prepare() throws IOException;
    }

    /** One that finds everything. */
    Part(
            String name,
            List<Part> needs,
            List<String> command,
            Map<String, String> environment,
            Readiness readiness,
            String stopSignal) {
        this(name, needs, command, environment, readiness, stopSignal, () -> {});
    }

    Part {
        needs = List.copyOf(needs);
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
