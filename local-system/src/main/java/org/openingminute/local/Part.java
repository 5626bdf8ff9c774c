package org.openingminute.local;

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
 */
record Part(
        String name,
        List<Part> needs,
        List<String> command,
        Map<String, String> environment,
        Readiness readiness,
        String stopSignal) {

    /** Asked again and again until it says yes or the process ends. A failure counts as "not yet". */
    @FunctionalInterface
    interface Readiness {
        boolean isReady() throws Exception;
    }

    Part {
        needs = List.copyOf(needs);
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
