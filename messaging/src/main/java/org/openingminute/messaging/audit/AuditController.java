package org.openingminute.messaging.audit;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves this service's part of the audit. The gateway joins the parts of all services as {@code /api/admin/audit}. */
@RestController
class AuditController {

    private final CallerResolver callers;
    private final AuditLog audit;

    AuditController(CallerResolver callers, AuditLog audit) {
        this.callers = callers;
        this.audit = audit;
    }

    @GetMapping("/internal/audit")
    AuditRow.AuditPage list(@RequestParam Map<String, String> query, HttpServletRequest request) {
        Caller.Staff reader = callers.staff(request, Permission.ORGANISE);
        return audit.list(AuditFilter.of(query, reader));
    }
}
