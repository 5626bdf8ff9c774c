package org.openingminute.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.openingminute.kit.testing.FaultRules;
import org.openingminute.kit.testing.StructureRules;

@AnalyzeClasses(packages = "org.openingminute.gateway", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule no_log_quotes_an_exception = FaultRules.except();

    @ArchTest
    static final ArchRule gateway_keeps_the_structure_of_every_module = StructureRules.of("org.openingminute.gateway");

    @ArchTest
    static final ArchRule gateway_uses_no_service_and_no_messaging = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.openingminute.registration..",
                    "org.openingminute.payment..",
                    "org.openingminute.notification..",
                    "org.openingminute.messaging..");
}
