package org.openingminute.local;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.openingminute.kit.testing.StructureRules;

@AnalyzeClasses(packages = "org.openingminute.local", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule launcher_keeps_the_structure_of_every_module = StructureRules.of("org.openingminute.local");
}
