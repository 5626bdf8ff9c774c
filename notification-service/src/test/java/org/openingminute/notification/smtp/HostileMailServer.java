package org.openingminute.notification.smtp;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A failing mail server: it rejects connections, greylists, stalls, and disconnects before and after accepting a mail. */
public final class HostileMailServer extends ScriptedMailServer {

    /** The faults. */
    public enum Fault {
        TURNED_AWAY,
        GREYLISTED,
        STALLED,
        CUT_BEFORE_THE_YES,
        CUT_AFTER_THE_YES
    }

    private final Map<Fault, AtomicInteger> faults = new EnumMap<>(Fault.class);
    private final Map<String, AtomicInteger> seen = new ConcurrentHashMap<>();
    private final Set<String> recipients = ConcurrentHashMap.newKeySet();

    public HostileMailServer() throws IOException {
        for (Fault fault : Fault.values()) {
            faults.put(fault, new AtomicInteger());
        }
    }

    /** Returns how often each fault occurred. */
    public Map<Fault, AtomicInteger> faults() {
        return faults;
    }

    @Override
    String answer(String command, String line) {
        int nth = seen.computeIfAbsent(command, _ -> new AtomicInteger()).incrementAndGet();
        return switch (command) {
            case "CONNECT" -> nth % 5 == 2 ? fault(Fault.TURNED_AWAY, HANG_UP) : super.answer(command, line);
            case "MAIL" -> nth % 11 == 5 ? fault(Fault.STALLED, SILENCE) : super.answer(command, line);
            case "RCPT" ->
                recipients.add(line) && recipients.size() % 3 == 0
                        ? fault(Fault.GREYLISTED, "451 4.7.1 come again")
                        : super.answer(command, line);
            case "END" ->
                switch (nth % 7) {
                    case 2 -> fault(Fault.CUT_BEFORE_THE_YES, HANG_UP);
                    case 5 -> fault(Fault.CUT_AFTER_THE_YES, "250 fine" + THEN_HANG_UP);
                    default -> super.answer(command, line);
                };
            default -> super.answer(command, line);
        };
    }

    private String fault(Fault fault, String answer) {
        faults.get(fault).incrementAndGet();
        return answer;
    }
}
